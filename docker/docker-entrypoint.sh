#!/usr/bin/env bash
# Starts the emulator the way the image promises: on every address, ports 4566, 4567 and 4568.
# A --listen option or MILLRACE_LISTEN replaces the three. A first argument that is no option is
# run as a command instead (docker run millrace-emulator bash).
set -euo pipefail

if (( $# )) && [[ $1 != -* ]]; then
  exec "$@"
fi

options=()
if [[ -z ${MILLRACE_LISTEN:-} && -z ${GATEWAY_LISTEN:-} && " $* " != *" --listen"[\ =]* ]]; then
  options+=(--listen 0.0.0.0:4566 --listen 0.0.0.0:4567 --listen 0.0.0.0:4568)
fi
# A directory named as kinesis-mock or ferrokinesis name it replaces the image's own.
if [[ -n ${PERSIST_PATH:-}${FERROKINESIS_STATE_DIR:-} && ${MILLRACE_DATA:-} == /var/lib/millrace ]]; then
  unset MILLRACE_DATA
fi
exec millrace-emulator ${options[@]+"${options[@]}"} "$@"
