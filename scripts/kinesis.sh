#!/usr/bin/env bash
# A small Kinesis client made of curl and the shell: what the demo, the compose file and the images'
# health checks need, and a reader of results that shares no code with the programs it checks.
#
#   kinesis.sh health                    exit 0 when the emulator serves
#   kinesis.sh connected                 exit 0 when this machine holds an open TCP connection
#   kinesis.sh create STREAM[:SHARDS]... creates streams that are not there, waits for ACTIVE
#   kinesis.sh tail STREAM [TYPE]        prints each record's data, one a line, until stopped;
#                                        TYPE is an iterator type, TRIM_HORIZON unless given
#   kinesis.sh call OPERATION JSON       one call, prints the reply
#
# AWS_ENDPOINT_URL names the endpoint (default http://127.0.0.1:4566), AWS_REGION the region. Requests
# carry a placeholder signature, which an emulator that does not verify accepts; AWS itself would not.
set -euo pipefail

endpoint=${AWS_ENDPOINT_URL_KINESIS:-${AWS_ENDPOINT_URL:-http://127.0.0.1:4566}}
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}

fail() { printf 'kinesis.sh: %s\n' "$*" >&2; exit 1; }

# Prints the reply; fails on any status but 200 with the reply on standard error.
call() {
  local reply status now
  now=$(date -u +%Y%m%dT%H%M%SZ)
  reply=$(curl -sS --max-time 20 -w '\n%{http_code}' "$endpoint/" \
    -H 'Content-Type: application/x-amz-json-1.1' -H "X-Amz-Target: Kinesis_20131202.$1" -H "X-Amz-Date: $now" \
    -H "Authorization: AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID:-test}/${now:0:8}/$region/kinesis/aws4_request, SignedHeaders=host;x-amz-date, Signature=0" \
    --data-binary "$2") || return 1
  status=${reply##*$'\n'}
  reply=${reply%$'\n'*}
  if [[ $status != 200 ]]; then
    printf '%s\n' "$reply" >&2
    return 1
  fi
  printf '%s\n' "$reply"
}

# member NAME: the string members of that name in the JSON on standard input, one a line. Enough for
# replies whose strings hold no quotation marks: names, numbers, iterators and base64.
member() { { grep -o "\"$1\" *: *\"[^\"]*\"" || true; } | sed 's/^[^:]*: *"//; s/"$//'; }

health() { curl -fsS --max-time 2 -o /dev/null "$endpoint/_millrace/health"; }

connected() {
  # State 01 is ESTABLISHED; an address of all zeros would be a listener.
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == "01" { found = 1 } END { exit !found }'
}

create() {
  local wanted name shards reply
  for wanted in "$@"; do
    name=${wanted%%:*}
    shards=1
    [[ $wanted == *:* ]] && shards=${wanted#*:}
    if ! reply=$(call CreateStream "{\"StreamName\":\"$name\",\"ShardCount\":$shards}" 2>&1); then
      [[ $reply == *ResourceInUseException* ]] || fail "cannot create $name: $reply"
    fi
    for _ in $(seq 300); do
      reply=$(call DescribeStreamSummary "{\"StreamName\":\"$name\"}" | member StreamStatus) || reply=
      [[ $reply == ACTIVE ]] && break
      sleep 0.1
    done
    [[ $reply == ACTIVE ]] || fail "stream $name did not become ACTIVE within 30 s"
    printf 'stream %s is ACTIVE\n' "$name"
  done
}

tail_shard() {
  local iterator reply
  iterator=$(call GetShardIterator \
    "{\"StreamName\":\"$1\",\"ShardId\":\"$2\",\"ShardIteratorType\":\"$3\"}" | member ShardIterator)
  while [[ -n $iterator ]]; do
    # A restart of the server is waited out; the position stays.
    if reply=$(call GetRecords "{\"ShardIterator\":\"$iterator\",\"Limit\":1000}" 2>/dev/null); then
      member Data <<< "$reply" | while read -r data; do
        printf '%s\n' "$(base64 -d <<< "$data")"
      done
      iterator=$(member NextShardIterator <<< "$reply")
    fi
    sleep 0.25
  done
}

tail_stream() {
  local shards shard
  shards=$(call ListShards "{\"StreamName\":\"$1\"}" | member ShardId)
  [[ -n $shards ]] || fail "stream $1 has no shards"
  trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
  trap 'exit 0' INT TERM
  for shard in $shards; do
    tail_shard "$1" "$shard" "${2:-TRIM_HORIZON}" &
  done
  wait
}

command=${1:-}
shift || true
case $command in
  health|connected) "$command" ;;
  create) (( $# )) || fail "create wants the name of a stream"; create "$@" ;;
  tail) (( $# )) || fail "tail wants the name of a stream"; tail_stream "$@" ;;
  call) (( $# == 2 )) || fail "call wants an operation and a JSON body"; call "$@" ;;
  *) sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0" >&2; exit 2 ;;
esac
