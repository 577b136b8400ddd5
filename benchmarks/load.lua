-- One Kinesis call over and over, for wrk. OPERATION names it, BODY_FILE holds the JSON body. In the
-- body {n} stands for a counter, and {m} for the same counter modulo MODULO; each at most once. Every
-- reply is looked at, as a client would. Prints one JSON line when done. PAUSE_MS: how long each
-- connection waits between two calls (not part of the latency).
local parts = {}
local modulo = tonumber(os.getenv("MODULO") or "1")
local n = 0

function init()
  local file = assert(io.open(os.getenv("BODY_FILE"), "rb"))
  local rest = file:read("*a")
  file:close()
  while true do
    local at = rest:find("{[nm]}")
    if not at then break end
    parts[#parts + 1] = rest:sub(1, at - 1)
    parts[#parts + 1] = rest:sub(at, at + 2)
    rest = rest:sub(at + 3)
  end
  parts[#parts + 1] = rest
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-amz-json-1.1"
  wrk.headers["X-Amz-Target"] = "Kinesis_20131202." .. os.getenv("OPERATION")
  wrk.headers["X-Amz-Date"] = "20260101T000000Z"
  wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kinesis/aws4_request, "
    .. "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=0"
end

function request()
  if #parts == 1 then return wrk.format(nil, "/", nil, parts[1]) end
  n = n + 1
  local body = ""
  for i = 1, #parts do
    local part = parts[i]
    if part == "{n}" then part = n elseif part == "{m}" then part = n % modulo end
    body = body .. part
  end
  return wrk.format(nil, "/", nil, body)
end

local pause = tonumber(os.getenv("PAUSE_MS") or "0")
if pause > 0 then
  function delay() return pause end
end

local bad = 0
function response(status)
  if status ~= 200 then
    bad = bad + 1
    if bad < 3 then print("status " .. status) end
  end
end

function done(summary, latency)
  local bad = summary.errors
  io.write(string.format(
    '\nRESULT {"requests": %d, "seconds": %.3f, "p50_ms": %.3f, "p99_ms": %.3f, "status_errors": %d, "socket_errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    bad.status, bad.connect + bad.read + bad.write + bad.timeout))
end
