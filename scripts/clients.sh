#!/usr/bin/env bash
# Brings programs that talk to Prometheus and Grafana, for the tests of the API: those of Debian into target/peers, those of
# PyPI into target/clients. What cannot be had is named, and its tests are skipped.
set -uo pipefail
cd "$(dirname "$0")/.."

venvs=$PWD/target

scripts/peers.sh promtool victoria-metrics || echo "without promtool, vmctl and vmalert: their tests are skipped" >&2

# clients NAME PACKAGE...: some packages of PyPI, together in a folder of their own.
clients() {
  local venv=$venvs/$1 stamp
  shift
  stamp=$venv/$(echo "$@" | sha256sum | cut -c1-16)
  [ -e "$stamp" ] && return
  rm -rf "$venv"
  if python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check "$@"; then
    touch "$stamp"
  else
    rm -rf "$venv"
    echo "without $* of PyPI: their tests are skipped" >&2
  fi
}

clients clients prometheus-api-client==0.7.2 grafana-client==5.1.4 grafana-dashboard-manager==0.2.10.92469056881
# It wants another docopt than other tools.
clients clients-backup grafana-backup==1.4.2
