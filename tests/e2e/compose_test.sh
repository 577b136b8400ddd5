#!/usr/bin/env bash
# Builds the images and runs docker-compose.yml for real:
#   - everything comes up in order, and a result is printed within 10 s of the first trade;
#   - health is reported by the engine; the programs run without root rights;
#   - what was in the streams is there, byte for byte, after `down` and `up`;
#   - the image works the way LocalStack's test containers use one.
# Exit code 77 (ctest: skipped), with a line saying why, when there is no engine or no base image.
# A project name and a port of its own keep it apart from anything else on the machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

docker/base-image.sh ${MILLRACE_COMPOSE_INSTALL:+--install} || exit $?

if docker compose version >/dev/null 2>&1; then compose=(docker compose); else compose=(docker-compose); fi
export COMPOSE_PROJECT_NAME=millracetest$$
export MILLRACE_PORT=  # empty: any free port

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  "${compose[@]}" ps >&2 || true
  "${compose[@]}" logs --no-color --tail=30 >&2 || true
  exit 1
}
step() { printf '%s %s\n' "$(date -u +%T)" "$*"; }

testcontainer=
build_log=
cleanup() {
  rm -f "$build_log"
  [[ -z $testcontainer ]] || docker rm -f "$testcontainer" >/dev/null 2>&1 || true
  "${compose[@]}" down -v --remove-orphans --timeout 5 >/dev/null 2>&1 || true
}
trap cleanup EXIT

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
  local limit=$1 what=$2 began=$SECONDS
  shift 2
  until "$@" >/dev/null 2>&1; do
    (( SECONDS - began < limit )) || fail "waited $limit s in vain for $what"
    sleep 0.2
  done
}

container() { "${compose[@]}" ps -q "$1"; }
endpoint() { printf 'http://%s' "$("${compose[@]}" port emulator 4566)"; }
has_result() { "${compose[@]}" logs --no-color results 2>/dev/null | grep -q '"'; }

# first_records STREAM: key and data of up to 50 records from the beginning, as one reply's text.
first_records() {
  local iterator
  iterator=$(AWS_ENDPOINT_URL=$(endpoint) scripts/kinesis.sh call GetShardIterator \
    "{\"StreamName\":\"$1\",\"ShardId\":\"shardId-000000000000\",\"ShardIteratorType\":\"TRIM_HORIZON\"}" \
    | sed 's/.*"ShardIterator" *: *"\([^"]*\)".*/\1/')
  AWS_ENDPOINT_URL=$(endpoint) scripts/kinesis.sh call GetRecords "{\"ShardIterator\":\"$iterator\",\"Limit\":50}" \
    | grep -oE '"(SequenceNumber|Data|PartitionKey)" *: *"[^"]*"'
}

step "building images"
build_log=$(mktemp)
if ! "${compose[@]}" build >"$build_log" 2>&1; then
  tail -40 "$build_log" >&2
  fail "the images do not build"
fi

step "up"
"${compose[@]}" up -d >/dev/null 2>&1 || fail "up failed"
wait_for 60 "the generator to start" docker inspect "$(container generator)"
started=$(date +%s.%N)
wait_for 30 "a first trade" bash -c "cd '$PWD'; $(declare -f first_records endpoint); compose=(${compose[*]}); first_records stocktrading-ingest-stream | grep -q Data"
traded=$SECONDS
wait_for 10 "a result within 10 s of the first trade" has_result
step "first result $((SECONDS - traded)) s after the first trade was seen"
"${compose[@]}" logs --no-color results | grep '"' | head -3

for service in emulator runtime; do
  [[ $(docker inspect -f '{{.State.Health.Status}}' "$(container $service)") == healthy ]] || fail "$service is not healthy"
done
for service in emulator runtime generator; do
  [[ $("${compose[@]}" exec -T "$service" id -u) != 0 ]] || fail "$service runs as root"
done

step "down and up: the data stays"
"${compose[@]}" stop generator >/dev/null 2>&1
before_in=$(first_records stocktrading-ingest-stream)
before_out=$(first_records stocktrading-output-stream)
[[ $(grep -c '"Data"' <<<"$before_out") -gt 0 ]] || fail "the output stream is empty"
"${compose[@]}" down --timeout 10 >/dev/null 2>&1 || fail "down failed"
"${compose[@]}" up -d >/dev/null 2>&1 || fail "the second up failed"
wait_for 60 "the emulator after down and up" bash -c "AWS_ENDPOINT_URL=$(endpoint) scripts/kinesis.sh health"
[[ $(first_records stocktrading-ingest-stream) == "$before_in" ]] || fail "the input stream's first records changed over down and up"
# The output stream may have grown past what was there; what was there must lead.
after_out=$(first_records stocktrading-output-stream)
[[ ${after_out:0:${#before_out}} == "$before_out" ]] || fail "the output stream's first records changed over down and up"
wait_for 30 "new results after down and up" has_result

step "stop within 10 s, exit codes"
"${compose[@]}" stop --timeout 10 emulator >/dev/null 2>&1
code=$(docker inspect -f '{{.State.ExitCode}}' "$(docker ps -aq --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --filter label=com.docker.compose.service=emulator)")
[[ $code == 0 ]] || fail "the emulator's exit code on stop is $code"

step "as LocalStack's test containers start an image"
testcontainer=$(docker create --entrypoint sh millrace-emulator \
  -c 'while [ ! -f /testcontainers_start.sh ]; do sleep 0.1; done; /testcontainers_start.sh')
docker start "$testcontainer" >/dev/null
script=$(mktemp)
printf '#!/bin/bash\n/usr/local/bin/docker-entrypoint.sh\n' >"$script"
chmod 755 "$script"
docker cp -q "$script" "$testcontainer:/testcontainers_start.sh" 2>/dev/null || docker cp "$script" "$testcontainer:/testcontainers_start.sh" >/dev/null
rm -f "$script"
wait_for 20 "the line Ready." bash -c "docker logs $testcontainer 2>&1 | grep -q 'Ready\.\$'"
for port in 4566 4567 4568; do
  docker exec "$testcontainer" curl -fsS -o /dev/null "http://127.0.0.1:$port/_localstack/health" || fail "no health on port $port"
done
step "the LocalStack module of testcontainers-python"
# The package comes from the package index; without it the step is left out, which CI does not take.
python=build/containers/bin/python
if [[ ! -x $python ]]; then
  python3 -m venv build/containers
  build/containers/bin/pip install -q --disable-pip-version-check 'testcontainers[localstack]==4.15.0' || rm -rf build/containers
fi
if [[ -x $python ]]; then
  # No helper container that removes what is left: its image would have to be pulled.
  TESTCONTAINERS_RYUK_DISABLED=true timeout 120 "$python" -W ignore tests/containers/localstack_module.py millrace-emulator \
    || fail "testcontainers cannot use the image"
elif [[ -n ${CI:-} ]]; then
  fail "testcontainers could not be installed"
else
  step "left out: testcontainers could not be installed"
fi
step "compose test passed"
