-- One Kinesis call over and over, for wrk. OPERATION names it, BODY_FILE holds the JSON body; the text
-- {n} in the body is replaced by a counter. Prints one JSON line when done.
local body
local counting
local n = 0

function init()
  local file = assert(io.open(os.getenv("BODY_FILE"), "rb"))
  body = file:read("*a")
  file:close()
  counting = body:find("{n}", 1, true) ~= nil
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-amz-json-1.1"
  wrk.headers["X-Amz-Target"] = "Kinesis_20131202." .. os.getenv("OPERATION")
  wrk.headers["X-Amz-Date"] = "20260101T000000Z"
  wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kinesis/aws4_request, "
    .. "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=0"
end

function request()
  if not counting then return wrk.format(nil, "/", nil, body) end
  n = n + 1
  return wrk.format(nil, "/", nil, (body:gsub("{n}", n)))
end

function done(summary, latency)
  local bad = summary.errors
  io.write(string.format(
    '\nRESULT {"requests": %d, "seconds": %.3f, "p50_ms": %.3f, "p99_ms": %.3f, "status_errors": %d, "socket_errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    bad.status, bad.connect + bad.read + bad.write + bad.timeout))
end
