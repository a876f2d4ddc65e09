#!/usr/bin/env bash
# Brings programs that talk to Prometheus, for the tests of the API: those of Debian into target/peers, those of
# PyPI into target/clients. What cannot be had is named, and its tests are skipped.
set -uo pipefail
cd "$(dirname "$0")/.."

API_CLIENT=0.7.2
venv=$PWD/target/clients

scripts/peers.sh promtool victoria-metrics || echo "without promtool, vmctl and vmalert: their tests are skipped" >&2

[ -e "$venv/$API_CLIENT" ] && exit 0
rm -rf "$venv"
if python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check "prometheus-api-client==$API_CLIENT"; then
  touch "$venv/$API_CLIENT"
else
  rm -rf "$venv"
  echo "without prometheus-api-client of PyPI: its test is skipped" >&2
fi
