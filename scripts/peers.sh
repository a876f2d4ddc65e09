#!/usr/bin/env bash
# Brings the servers that Gnomon is compared with into target/peers, from Debian's sid suite, without
# installing anything. Needs apt and dpkg; the mirror is the one that this machine's apt uses.
# Usage: [SUITE=sid] [FOLDER=target/peers] scripts/peers.sh [PACKAGE...]   default: all of the packages below
set -euo pipefail
cd "$(dirname "$0")/.."

packages=("$@")
[ ${#packages[@]} -gt 0 ] || packages=(prometheus prometheus-node-exporter prometheus-alertmanager victoria-metrics)

peers=$PWD/${FOLDER:-target/peers}
apt=$peers/apt
mkdir -p "$peers/bin" "$apt/lists/partial" "$apt/cache/archives/partial"

wanted=()
for package in "${packages[@]}"; do
  [ -e "$peers/$package" ] || wanted+=("$package")
done
[ ${#wanted[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null || { echo "missing: apt-get (the peers come as Debian packages)" >&2; exit 1; }

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keyring] $(scripts/mirror.sh) ${SUITE:-sid} main" >"$apt/sources.list"

options=(-qq
  -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null
  -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root
  -o pkgCacheGen::Essential=none)
apt-get "${options[@]}" update
for package in "${wanted[@]}"; do
  (cd "$apt" && apt-get "${options[@]}" download "$package")
  dpkg -x "$apt/$package"_*.deb "$peers/$package.new"
  mv "$peers/$package.new" "$peers/$package"
  for folder in "$peers/$package"/usr/{bin,sbin}; do
    [ ! -d "$folder" ] || find "$folder" ! -type d -exec ln -sf {} "$peers/bin/" \;
  done
done
rm -rf "$apt"
ls "$peers/bin"
