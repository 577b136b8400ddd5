#!/usr/bin/env bash
# The whole pipeline on this machine: generator -> emulator -> runtime -> output stream, and a reader
# that prints what arrives there. Called by ./dev demo; expects the three programs to be built.
#
#   scripts/demo.sh BIN-FOLDER [--for 30s]
#
# Exit code 0 when results were seen, 1 when none were or a program failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

input=stocktrading-ingest-stream
output=stocktrading-output-stream
# Trades' own time runs this many times faster than the clock, so a window of a minute ends every 2 s.
time_scale=30

fail() { printf 'demo: %s\n' "$*" >&2; exit 1; }

bin=${1:?the folder with the programs}
shift
seconds=0
while (( $# )); do
  case $1 in
    --for)
      [[ ${2:-} =~ ^([1-9][0-9]{0,5})(s|m|h)?$ ]] || fail "--for wants a duration like 30s, 5m or 1h, not '${2:-}'"
      seconds=${BASH_REMATCH[1]}
      case ${BASH_REMATCH[2]} in m) seconds=$((seconds * 60)) ;; h) seconds=$((seconds * 3600)) ;; esac
      shift 2
      ;;
    *) fail "unknown option '$1'; known: --for 30s" ;;
  esac
done

work=$(mktemp -d "${TMPDIR:-/tmp}/millrace-demo.XXXXXX")
declare -A pids=()

# Ends what this script started, last started first, by process id; SIGKILL for what does not end in 5 s.
cleanup() {
  local name pid
  trap - EXIT INT TERM
  for name in reader generator runtime emulator; do
    pid=${pids[$name]:-}
    [[ -n $pid ]] || continue
    kill -TERM "$pid" 2>/dev/null || continue
    for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
stop=0
trap cleanup EXIT
trap 'stop=1' INT TERM

# launch NAME COMMAND...: starts it in a process group of its own (Ctrl-C reaches this script alone),
# with its output in a file.
launch() {
  local name=$1
  shift
  setsid "$@" >"$work/$name.log" 2>&1 </dev/null &
  pids[$name]=$!
}

died() {
  printf '%s ended early; the last it said:\n' "$1" >&2
  tail -20 "$work/$1.log" >&2
  exit 1
}

alive() { kill -0 "${pids[$1]}" 2>/dev/null; }

# ---- emulator, on a free port
launch emulator "$bin/millrace-emulator" --listen 127.0.0.1:0 --data "$work/data"
for _ in $(seq 200); do
  grep -q 'Ready\.' "$work/emulator.log" && break
  alive emulator || died emulator
  sleep 0.05
done
url=$(grep -o 'http://127\.0\.0\.1:[0-9]*' "$work/emulator.log" | head -1)
[[ -n $url ]] || died emulator

# Everything below finds it by the standard AWS settings alone.
export AWS_ENDPOINT_URL=$url AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL_KINESIS AWS_DEFAULT_REGION
scripts/kinesis.sh create "$input" "$output" >/dev/null

# ---- runtime, reader, generator
launch runtime "$bin/millrace-runtime" run jobs/stock_trading.sql --properties jobs/application_properties.json
launch reader scripts/kinesis.sh tail "$output"
# The job reads from LATEST on: trades wait until it is connected.
for _ in $(seq 30); do
  grep -q . "$work/runtime.log" && break
  alive runtime || died runtime
  sleep 0.1
done
launch generator "$bin/millrace-generator" trades --stream "$input" --create --rate 20 --time-scale "$time_scale"

cat <<INFO
emulator    $url  (health: $url/_millrace/health)
input       $input, 20 trades a second, their time $time_scale times faster than the clock
job         jobs/stock_trading.sql
output      $output, each line below is a record read from it
try         AWS_ENDPOINT_URL=$url AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws kinesis list-streams
INFO

# ---- results as they come
seen=0
began=$SECONDS
touch "$work/reader.log"
while (( ! stop )); do
  if (( seconds && SECONDS - began >= seconds )); then break; fi
  for name in emulator runtime generator reader; do alive "$name" || died "$name"; done
  total=$(wc -l <"$work/reader.log")
  if (( total > seen )); then
    sed -n "$((seen + 1)),${total}p" "$work/reader.log"
    seen=$total
  fi
  sleep 0.2 || true
done

grep -hE 'records|windows' "$work/runtime.log" | tail -1 || true
if (( seen == 0 )); then
  printf 'demo: no results in %d s; the runtime said:\n' "$((SECONDS - began))" >&2
  tail -20 "$work/runtime.log" >&2
  exit 1
fi
printf 'demo: %d results read from %s in %d s\n' "$seen" "$output" "$((SECONDS - began))"
