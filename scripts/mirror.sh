#!/usr/bin/env bash
# Prints the mirror of Debian that this machine's apt uses.
set -euo pipefail
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
  grep -v '^ *#' | grep -oE 'https?://[^ ]*/debian/?( |$)' | head -n 1 | tr -d ' ' || true)
echo "${mirror:-http://deb.debian.org/debian}"
