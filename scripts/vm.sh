#!/usr/bin/env bash
# Boots the Debian in a folder, with its own kernel and systemd (256 or newer), as a virtual machine on a copy of it. There the
# program `run` of another folder runs as root, in that folder and without a network. Prints what it prints, and exits as
# it does. The processor is emulated, which takes minutes and works everywhere; ACCELERATOR=kvm is faster, where KVM can be
# used. Needs root's rights.
# Usage: [ACCELERATOR=kvm] scripts/vm.sh DEBIAN FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

root=$(realpath "$1") folder=$(realpath "$2")
MEMORY_MIB=512
DISK_MIB=2048
PATIENCE_SECONDS=1800

scripts/install.sh qemu-system-x86_64 mke2fs
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
truncate -s "${DISK_MIB}M" "$scratch/root" "$scratch/folder"
mke2fs -q -t ext4 -d "$root" "$scratch/root"
mke2fs -q -t ext4 -d "$folder" "$scratch/folder"

# The first serial line has the messages of kernel and systemd, the second one what the program prints.
unit='[Service]
Type=oneshot
StandardOutput=file:/dev/ttyS1
StandardError=inherit
ExecStartPre=mount /dev/vdb /mnt
WorkingDirectory=-/mnt
ExecStart=/mnt/run
ExecStopPost=sh -c "echo exit $$EXIT_STATUS >/dev/ttyS1"
ExecStopPost=sh -c "systemctl poweroff --no-block 2>/dev/null"'
# One processor, without 16-byte exchanges: what the emulator of Debian 12 gets wrong, a kernel does not survive. Its time goes
# by instructions, so that nothing in it times out where the machine is slow.
accelerator=(-accel tcg -icount shift=2,sleep=off)
[ -z "${ACCELERATOR:-}" ] || accelerator=(-accel "$ACCELERATOR")
timeout "$PATIENCE_SECONDS" qemu-system-x86_64 "${accelerator[@]}" -cpu qemu64,-cx16 -smp 1 -m "$MEMORY_MIB" \
  -nodefaults -no-user-config -display none -no-reboot -nic none \
  -kernel "$root"/boot/vmlinuz-* -initrd "$root"/boot/initrd.img-* \
  -append 'root=/dev/vda rw console=ttyS0 quiet panic=-1 no_timer_check systemd.wants=program.service' \
  -smbios "type=11,value=io.systemd.credential.binary:systemd.extra-unit.program.service=$(base64 -w0 <<<"$unit")" \
  -drive "file=$scratch/root,format=raw,if=virtio,cache=unsafe" \
  -drive "file=$scratch/folder,format=raw,if=virtio,cache=unsafe" \
  -serial "file:$scratch/console" -serial "file:$scratch/output" || touch "$scratch/output"
status=$(tr -d '\r' <"$scratch/output" | sed -n 's/^exit \([0-9]*\)$/\1/p' | tail -n 1)
tr -d '\r' <"$scratch/output" | grep -v '^exit [0-9]*$' || true
[ -n "$status" ] || { tail -n 20 "$scratch/console" >&2; exit 1; }
exit "$status"
