#!/usr/bin/env bash
# What Gnomon makes of control groups of version 2, on a machine of its own with systemd: `make test-unified`. Expects the
# package as gnomon.deb in its folder, and prints what it looks at and what is wrong.
set -uo pipefail
failed=0

# Runs a check; what it prints is shown when it fails.
check() {
  local what=$1 output
  shift
  if output=$("$@" 2>&1); then
    echo "ok: $what"
  else
    printf 'FAILED: %s\n%s\n' "$what" "$output"
    failed=1
  fi
}

# Waits for a command to succeed; the processor may be an emulated one.
until_true() {
  local end=$((SECONDS + 300))
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "not within 5 minutes: $*"; return 1; }
    sleep 1
  done
}

group_file() {
  cat "/sys/fs/cgroup$(systemctl show --property=ControlGroup --value "$1")/$2"
}

metric() {
  curl -fsS http://127.0.0.1:9090/metrics | sed -n "s/^$1 //p"
}

is_equal() {
  [ "$1" = "$2" ] || { echo "$1 instead of $2"; return 1; }
}

budget_is_a_quarter_of() {
  is_equal "$(metric gnomon_memory_budget_bytes)" "$(($1 / 4))" && is_equal "$(group_file gnomon memory.max)" "$1"
}

# A drop-in with lines of [Service], in force after a restart.
override() {
  mkdir -p /run/systemd/system/gnomon.service.d
  printf '[Service]\n%s\n' "$@" >/run/systemd/system/gnomon.service.d/test.conf
  systemctl daemon-reload && systemctl restart gnomon
}

is_killed_for_want_of_memory() {
  printf '[Service]\n%s\n' Type=oneshot MemoryMax=16M MemorySwapMax=0 \
    'ExecStart=gnomon tsdb bench --series=1000000 /root/bench' >/run/systemd/system/greedy.service
  systemctl daemon-reload
  systemctl start greedy && { echo "it was not killed"; return 1; }
  is_equal "$(systemctl show --property=Result --value greedy)" oom-kill
}

reloads_by_signal() {
  override Type=notify-reload ExecReload= && systemctl reload gnomon && systemctl is-active gnomon
}

lab_uses_groups() {
  local before
  before=$(find /sys/fs/cgroup -type d | wc -l)
  gnomon lab --duration=20s --speedup=5 >/root/lab || { cat /root/lab; return 1; }
  grep 'cgroup v2.*limits 64 MiB' <(tr '\n' ' ' </root/lab) >/dev/null || { head -n 5 /root/lab; return 1; }
  is_equal "$(find /sys/fs/cgroup -type d | wc -l)" "$before"
}

check "control groups are of version 2" grep -q memory /sys/fs/cgroup/cgroup.controllers
check "the package installs" dpkg -i ./gnomon.deb
check "the stack is up" until_true systemctl is-active gnomon
check "the sensor service is up" until_true systemctl is-active gnomon-sensor
check "the stack is ready" until_true gnomon health
check "MemoryMax of the unit decides about the budget" budget_is_a_quarter_of $((128 << 20))
check "both stay far below their limits" \
  test "$(group_file gnomon memory.peak)" -lt $((64 << 20)) -a "$(group_file gnomon-sensor memory.peak)" -lt $((12 << 20))
override MemoryMax=48M
check "the stack is ready again" until_true gnomon health
check "a smaller limit makes a smaller budget" budget_is_a_quarter_of $((48 << 20))
check "what takes more than its limit is killed" is_killed_for_want_of_memory
check "units of Type=notify-reload work" reloads_by_signal
check "the laboratory measures by groups with limits, and leaves none" lab_uses_groups
echo "memory of the stack: $(group_file gnomon memory.current) bytes, at most $(group_file gnomon memory.peak)"
echo "memory of the sensor service: $(group_file gnomon-sensor memory.current) bytes, at most $(group_file gnomon-sensor memory.peak)"
exit $failed
