#!/usr/bin/env bash
# Makes a small Debian in a folder, for tests and builds that need one of their own. Keeps one that is there.
# Usage: [SUITE=bookworm] scripts/debian-root.sh FOLDER [PACKAGE...]   as root
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$1
shift
[ -e "$folder/.complete" ] && exit 0
[ "$(id -u)" = 0 ] || { echo "missing: root's rights, to make a Debian in $folder" >&2; exit 1; }
scripts/install.sh debootstrap
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
echo "making a Debian in $folder"
packages=$(IFS=,; echo "ca-certificates${*:+,$*}")
debootstrap --variant=minbase --include="$packages" "${SUITE:-bookworm}" "$folder" "$(scripts/mirror.sh)" >"$folder.log" 2>&1 ||
  { tail -n 5 "$folder.log" >&2; exit 1; }
# Certificates of a proxy that the machine goes through, if any.
cp /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
echo '127.0.0.1 localhost' >"$folder/etc/hosts"
rm -rf "$folder"/var/cache/apt/archives/*.deb "$folder.log"
touch "$folder/.complete"
