#!/usr/bin/env bash
# Boots the Debian in a folder with its own systemd, processes, network and control groups, for tests, as root. Prints
# the process id of its init, and ends it when standard input ends.
# Usage: scripts/boot.sh FOLDER
set -euo pipefail

root=$(realpath "$1")
groups=/sys/fs/cgroup
own=gnomon-boot-$$

# One folder for each hierarchy: the unified one, or those of old that systemd and memory limits need.
if [ -e $groups/cgroup.controllers ]; then
  hierarchies=(.)
else
  hierarchies=(systemd memory)
fi

remove_groups() {
  local hierarchy
  for hierarchy in "${hierarchies[@]}"; do
    # The last processes may take a moment to be gone.
    for _ in {1..50}; do
      find "$groups/$hierarchy/$own" -depth -type d -exec rmdir {} + 2>/dev/null || true
      [ -d "$groups/$hierarchy/$own" ] || break
      sleep 0.1
    done
  done
}

# Runs in namespaces of its own: file systems as a container has them, then init.
prepare() {
  local root=$1 node
  shift
  mount --bind "$root" "$root"
  mount -t proc proc "$root/proc"
  mount -t sysfs -o ro sysfs "$root/sys"
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  mount -t tmpfs tmpfs "$root/tmp"
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  for node in null zero full random urandom tty; do cp -a "/dev/$node" "$root/dev"; done
  ln -s pts/ptmx "$root/dev/ptmx"
  mkdir "$root/run/lock" "$root/dev/pts" "$root/dev/shm"
  if [ "$1" = . ]; then
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
  else
    mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
    mkdir "$root"/sys/fs/cgroup/{systemd,memory}
    mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
    mount -t cgroup -o memory cgroup "$root/sys/fs/cgroup/memory"
  fi
  cd "$root"
  pivot_root . .
  umount -l .
  mount --make-rshared /
  exec env -i container=gnomon-test PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init
}

if [ "${2:-}" = --inside ]; then
  prepare "$root" "${@:3}"
fi

trap remove_groups EXIT
for hierarchy in "${hierarchies[@]}"; do
  mkdir "$groups/$hierarchy/$own"
  echo $$ >"$groups/$hierarchy/$own/cgroup.procs"
done
unshare --pid --fork --kill-child=KILL --mount --uts --ipc --net --cgroup --propagation private \
  "$0" "$root" --inside "${hierarchies[@]}" </dev/null &
outer=$!
until init=$(cat "/proc/$outer/task/$outer/children") && [ -n "$init" ]; do sleep 0.1; done
echo "init $init"
cat >/dev/null
# What it forked, and all below, goes with it; it takes no gentler signal.
kill -KILL "$outer"
wait "$outer" || true
for hierarchy in "${hierarchies[@]}"; do
  # To remove the folder, this process has to leave it.
  echo $$ >"$groups/$hierarchy/cgroup.procs"
done
