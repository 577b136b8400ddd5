#!/usr/bin/env bash
# Makes a Debian 12 machine able to build and run Millrace's images, also one that can pull none:
# starts the container engine if none runs (installing it from Debian's packages), and puts together
# the image debian:bookworm-slim with debootstrap if it is neither there nor to be pulled.
#
#   docker/base-image.sh [--install]     without --install nothing is installed
#
# Exit code 0: `docker` works and the base image is there. 77: not possible here; the last line says
# why. An engine this script starts goes on running; its process id is in /run/millrace-dockerd.pid.
set -euo pipefail
image=${MILLRACE_BASE_IMAGE:-debian:bookworm-slim}
log=/var/log/millrace-dockerd.log

impossible() { printf 'SKIPPED: %s\n' "$*"; exit 77; }

install=0
case ${1:-} in
  '') ;;
  --install) install=1 ;;
  *) printf 'base-image.sh knows only --install\n' >&2; exit 2 ;;
esac

have_compose() { command -v docker-compose >/dev/null || docker compose version >/dev/null 2>&1; }

# ---- tools
wanted=()
command -v dockerd >/dev/null || docker info >/dev/null 2>&1 || wanted+=(docker.io iptables)
have_compose || wanted+=(docker-compose)
if (( ${#wanted[@]} )); then
  (( install && EUID == 0 )) || impossible "not installed: ${wanted[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
fi

# ---- engine
if ! docker info >/dev/null 2>&1; then
  (( EUID == 0 )) || impossible "no container engine runs, and starting one needs root"
  rm -f /run/millrace-dockerd.pid
  setsid dockerd >"$log" 2>&1 </dev/null &
  echo $! >/run/millrace-dockerd.pid
  for _ in $(seq 120); do
    docker info >/dev/null 2>&1 && break
    kill -0 "$(</run/millrace-dockerd.pid)" 2>/dev/null || break
    sleep 0.5
  done
  if ! docker info >/dev/null 2>&1; then
    tail -5 "$log"
    impossible "dockerd does not start on this machine (the lines above are its last)"
  fi
fi

# ---- base image
have_image() { docker image inspect "$image" >/dev/null 2>&1; }
have_image || timeout 120 docker pull -q "$image" >/dev/null 2>&1 || true
if ! have_image; then
  (( EUID == 0 )) || impossible "$image is not here and cannot be pulled; making it needs root"
  if ! command -v debootstrap >/dev/null; then
    (( install )) || impossible "$image is not here and cannot be pulled; making it needs debootstrap"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
  fi
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  # The first Debian mirror this machine's own apt uses, in either of apt's two notations.
  mirror=$(cat /etc/apt/sources.list.d/debian.sources 2>/dev/null | awk '$1 == "URIs:" { print $2; exit }')
  [[ -n $mirror ]] || mirror=$(awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^http/) { print $i; exit } }' \
    /etc/apt/sources.list 2>/dev/null)
  [[ -n $mirror ]] || impossible "found no Debian mirror in this machine's apt settings"
  debootstrap --variant=minbase bookworm "$folder/root" "$mirror" >"$folder/log" 2>&1 \
    || { tail -5 "$folder/log"; impossible "debootstrap from $mirror failed"; }
  # Inside, packages and certificates come the way they come outside.
  etc=$folder/root/etc
  for name in sources.list sources.list.d apt.conf.d auth.conf.d; do
    rm -rf "${etc:?}/apt/$name"
    if [[ -e /etc/apt/$name ]]; then cp -a "/etc/apt/$name" "$etc/apt/$name"; fi
  done
  # Sources that are not Debian's own need keys and packages the image does not have.
  for list in "$etc"/apt/sources.list.d/*; do
    [[ -f $list ]] || continue
    grep -q 'debian-archive-keyring\|debian.org' "$list" || rm -f "$list"
  done
  if [[ -f /etc/ssl/certs/ca-certificates.crt ]]; then
    mkdir -p "$etc/ssl/certs" "$folder/root/usr/local/share/ca-certificates"
    cp -aL /etc/ssl/certs/ca-certificates.crt "$etc/ssl/certs/"
    cp -aL /usr/local/share/ca-certificates/. "$folder/root/usr/local/share/ca-certificates/" 2>/dev/null || true
  fi
  rm -rf "$folder/root/var/lib/apt/lists/"* "$folder/root/var/cache/apt/archives/"*.deb \
    "$folder/root/usr/share/doc/"* "$folder/root/usr/share/man/"* "$folder/root/usr/share/locale/"*
  tar -C "$folder/root" -c . | docker import - "$image" >/dev/null
fi
printf '%s is ready: %s MB\n' "$image" "$(( $(docker image inspect --format '{{.Size}}' "$image") / 1000000 ))"
