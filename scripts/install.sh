#!/usr/bin/env bash
# Sees to it that the named tools are here: installs them on Debian as root, elsewhere says what is missing.
# Usage: scripts/install.sh TOOL...   with TOOL one of: rust node cc chromium dpkg
set -euo pipefail

declare -A package=([cc]=gcc [chromium]=chromium [node]=nodejs [npm]=npm [curl]=curl)
missing=() unknown=()

have() {
  case $1 in
    rust) command -v cargo >/dev/null && rustup_or_new_enough ;;
    node) command -v node >/dev/null && command -v npm >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

rustup_or_new_enough() {
  local want got
  want=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  got=$(rustc --version | cut -d' ' -f2)
  [ "$(printf '%s\n%s\n' "$want" "$got" | sort -V | head -n 1)" = "$want" ]
}

for tool in "$@"; do
  have "$tool" && continue
  case $tool in
    rust) unknown+=("Rust $(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml) or newer (https://rustup.rs)") ;;
    node) missing+=(nodejs npm) ;;
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
