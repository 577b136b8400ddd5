#!/usr/bin/env bash
# Starts the emulator the way the image promises: on every address, ports 4566, 4567 and 4568.
# A --listen option or MILLRACE_LISTEN replaces the three. A first argument that is no option is
# run as a command instead (docker run millrace-emulator bash).
set -euo pipefail

if (( $# )) && [[ $1 != -* ]]; then
  exec "$@"
fi

options=()
if [[ -z ${MILLRACE_LISTEN:-} && " $* " != *" --listen"[\ =]* ]]; then
  options+=(--listen 0.0.0.0:4566 --listen 0.0.0.0:4567 --listen 0.0.0.0:4568)
fi
# LocalStack's test containers name the region this way.
if [[ -n ${DEFAULT_REGION:-} && " $* " != *" --region"[\ =]* ]]; then
  options+=(--region "$DEFAULT_REGION")
fi
exec millrace-emulator ${options[@]+"${options[@]}"} "$@"
