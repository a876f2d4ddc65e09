#!/usr/bin/env bash
# Brings programs that talk to Prometheus and Grafana, for the tests of the API: those of Debian into target/peers, those of
# PyPI into target/clients. What cannot be had is named, and its tests are skipped.
set -uo pipefail
cd "$(dirname "$0")/.."

API_CLIENT=0.7.2
GRAFANA_CLIENT=5.1.4
venv=$PWD/target/clients

scripts/peers.sh promtool victoria-metrics || echo "without promtool, vmctl and vmalert: their tests are skipped" >&2

stamp=$venv/$API_CLIENT-$GRAFANA_CLIENT
[ -e "$stamp" ] && exit 0
rm -rf "$venv"
packages=("prometheus-api-client==$API_CLIENT" "grafana-client==$GRAFANA_CLIENT")
if python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}"; then
  touch "$stamp"
else
  rm -rf "$venv"
  echo "without prometheus-api-client and grafana-client of PyPI: their tests are skipped" >&2
fi
