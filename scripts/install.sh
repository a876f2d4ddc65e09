#!/usr/bin/env bash
# Sees to it that the named tools are here: installs them on Debian as root, elsewhere says what is missing.
# Usage: scripts/install.sh TOOL...   with TOOL one of: rust node cc g++ chromium openssl dpkg-deb debootstrap
# mke2fs qemu-ARCHITECTURE qemu-system-x86_64, or a cross compiler such as arm-linux-gnueabihf-gcc
set -euo pipefail

RUST=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
# The oldest that Vite runs on.
NODE=20.19.0
declare -A package=([cc]=gcc [dpkg-deb]=dpkg [mke2fs]=e2fsprogs)
missing=() unknown=()

have() {
  case $1 in
    rust) command -v cargo >/dev/null && at_least "$RUST" "$(rustc --version | cut -d' ' -f2)" ;;
    node) command -v npm >/dev/null && at_least "$NODE" "$(node --version | tr -d v)" ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# True when version $2 is $1 or newer.
at_least() {
  [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

# Debian's name of the processor that a cross compiler is for.
cross_libc() {
  case $1 in
    aarch64-*) echo arm64 ;;
    arm-*hf-*) echo armhf ;;
    i686-*) echo i386 ;;
  esac
}

for tool in "$@"; do
  have "$tool" && continue
  case $tool in
    rust) unknown+=("Rust $RUST or newer (https://rustup.rs)") ;;
    node) if command -v node >/dev/null; then unknown+=("Node $NODE or newer with npm (https://nodejs.org)"); else missing+=(nodejs npm); fi ;;
    *-linux-*-gcc) missing+=("gcc-${tool%-gcc}" "libc6-dev-$(cross_libc "$tool")-cross") ;;
    qemu-system-*) missing+=(qemu-system-x86) ;;
    qemu-*) missing+=(qemu-user) ;;
    *) missing+=("${package[$tool]:-$tool}") ;;
  esac
done

if [ ${#unknown[@]} -gt 0 ]; then
  printf 'missing: %s\n' "${unknown[@]}" >&2
  exit 1
fi
[ ${#missing[@]} -eq 0 ] && exit 0

if [ -f /etc/debian_version ] && [ "$(id -u)" = 0 ]; then
  echo "installing: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "missing: ${missing[*]} (on Debian as root they are installed by this script)" >&2
  exit 1
fi
