#!/usr/bin/env bash
# Runs a command with a container engine, compose and buildx: with the one that runs on this machine, or else with
# Debian's, unpacked into target/engine and started, as root, for as long as the command takes. Fails with 75 where
# neither can be had.
# Usage: scripts/engine.sh COMMAND...
set -euo pipefail
cd "$(dirname "$0")/.."

missing() {
  echo "missing: $1" >&2
  exit 75
}

plugged() {
  docker info && docker compose version && docker buildx version
}
if plugged >/dev/null 2>&1; then
  exec "$@"
fi

[ "$(id -u)" = 0 ] || missing "a container engine with compose and buildx, or root's rights to start one"
engine=$PWD/target/engine
mkdir -p "$engine/plugins/cli-plugins"
exec 9>"$engine/lock"
flock 9

# This engine runs on all newer releases of Debian, with the libraries that it comes with; compose and buildx, which came
# later, run on it.
{
  SUITE=bookworm FOLDER=target/engine/server scripts/peers.sh docker.io containerd runc tini iptables libip4tc2 libip6tc2 \
    libxtables12 libnftnl11 libmnl0 libdevmapper1.02.1 libseccomp2 &&
    SUITE=trixie FOLDER=target/engine/client scripts/peers.sh docker-compose docker-buildx
} >/dev/null || missing "the packages of a container engine"
ln -sf "$engine"/client/*/usr/libexec/docker/cli-plugins/* "$engine/plugins/cli-plugins"

libraries=$(find "$engine/server" -name '*.so.*' -printf '%h\n' | sort -u | paste -sd:)
XTABLES_LIBDIR=$(find "$engine/server" -type d -name xtables)
export PATH=$engine/server/bin:$PATH DOCKER_CONFIG=$engine/plugins XTABLES_LIBDIR
# Of the two that change the kernel's packet filters the one which this kernel has.
for filter in nft legacy; do
  ln -sf "xtables-$filter-multi" "$engine/server/bin/iptables"
  LD_LIBRARY_PATH=$libraries iptables -t nat -L >/dev/null 2>&1 && break
done

# A socket's path has to be short.
scratch=$(mktemp -d /tmp/gnomon-engine.XXXXXX)
export DOCKER_HOST=unix://$scratch/docker.sock
trap 'kill "$server" 2>/dev/null && wait "$server"; rm -rf "$scratch"' EXIT

# After an unclean end the first start may fail over what was left behind.
for _ in 1 2; do
  LD_LIBRARY_PATH=$libraries dockerd --data-root "$engine/data" --exec-root "$scratch/exec" -H "$DOCKER_HOST" \
    -p "$scratch/pid" >"$engine/log" 2>&1 9>&- &
  server=$!
  for _ in {1..300}; do
    timeout 10 docker info >/dev/null 2>&1 && break
    kill -0 "$server" 2>/dev/null || continue 2
    sleep 0.2
  done
  timeout 10 docker info >/dev/null 2>&1 || break
  "$@"
  exit
done
tail -n 5 "$engine/log" >&2
missing "a container engine: Debian's does not start here"
