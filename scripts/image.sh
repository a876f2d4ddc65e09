#!/usr/bin/env bash
# Builds the image NAME by the Dockerfile: from the sources, or around a program that is built already. Base images that
# no registry gives are made on the spot, of Debian's packages and the Rust and Node of this machine.
# Usage: scripts/image.sh NAME [PROGRAM]
set -euo pipefail
cd "$(dirname "$0")/.."

name=$1 program=${2:-}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

base() {
  local image=$1
  docker image inspect "$image" >/dev/null 2>&1 && return
  timeout 300 docker pull --quiet "$image" 2>/dev/null && return
  echo "making $image"
  case $image in
    node:*) node_base ;;
    rust:*) rust_base ;;
    *) echo "no registry gives $image" >&2; return 1 ;;
  esac | docker import \
    --change 'ENV PATH=/opt/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' - "$image" >/dev/null
}

# Prints an archive of a Debian, with bin and lib of another folder in /opt.
archive() {
  tar -C "$1" -c . -C "$2" --transform 's,^\(bin\|lib\)\b,opt/\1,S' bin lib
}

node_base() {
  scripts/install.sh node
  scripts/debian-root.sh target/debian/plain >&2
  mkdir -p "$scratch/node/bin" "$scratch/node/lib/node_modules"
  cp "$(realpath "$(command -v node)")" "$scratch/node/bin/node"
  cp -r "$(npm root --global 2>/dev/null)/npm" "$scratch/node/lib/node_modules"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$scratch/node/bin/npm"
  archive target/debian/plain "$scratch/node"
}

rust_base() {
  scripts/install.sh rust
  scripts/debian-root.sh target/debian/gcc gcc libc6-dev >&2
  archive target/debian/gcc "$(rustc --print sysroot)"
}

arguments=(--quiet --network host --tag "$name")
if [ -n "$program" ]; then
  install -D "$program" "$scratch/image/gnomon"
  mkdir -p "$scratch/image/data" "$scratch/image/etc/gnomon/dashboards"
  chown 65532:65532 "$scratch/image/data"
  tar -C "$scratch" -c image | docker import - "$name-program" >/dev/null
  arguments+=(--build-arg "PROGRAM=$name-program")
else
  # The images that are not stages of the Dockerfile itself.
  for image in $(sed -n 's/^FROM \([a-z]*:[^ ]*\).*/\1/p' Dockerfile); do base "$image"; done
fi
DOCKER_BUILDKIT=1 docker build "${arguments[@]}" .
