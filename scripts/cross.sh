#!/usr/bin/env bash
# Builds the program for another processor, and its tarball and Debian package; or runs tests for it, by qemu where this
# machine cannot. Takes the targets of rustup and Debian's cross compilers. Where one of them cannot be had, or CHROOT=1
# says so, it takes Debian's own Rust in a folder, as root.
# Usage: scripts/cross.sh aarch64|armv7|i686 [test CRATE...]
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
  aarch64) target=aarch64-unknown-linux-gnu gnu=aarch64-linux-gnu debian=arm64 qemu=qemu-aarch64 ;;
  armv7) target=armv7-unknown-linux-gnueabihf gnu=arm-linux-gnueabihf debian=armhf qemu=qemu-arm ;;
  # For tests of 32-bit arithmetic at full speed.
  i686) target=i686-unknown-linux-gnu gnu=i686-linux-gnu debian=i386 qemu= ;;
  *) sed -n 's/^# Usage: /usage: /p' "$0" >&2; exit 1 ;;
esac
shift

variable=${target//-/_}
compiler="CC_$variable=$gnu-gcc CARGO_TARGET_${variable^^}_LINKER=$gnu-gcc"
# Found by its own name, so that a kernel without binfmt_misc runs the tests too.
[ -z "$qemu" ] || compiler+=" CARGO_TARGET_${variable^^}_RUNNER=$qemu\ -L\ /usr/$gnu"
sid=$PWD/target/debian/rust

has_tools() {
  [ "${CHROOT:-}" != 1 ] && command -v rustup >/dev/null &&
    { timeout 120 rustup target add "$target" && scripts/install.sh "$gnu-gcc" ${qemu:+"$qemu"}; } 2>/dev/null
}

# Debian's Rust of today is newer than the one that the project asks for, and has the libraries of all its processors.
prepare_sid() {
  scripts/debian-root.sh "$sid" gcc libc6-dev
  [ -e "$sid/usr/lib/rustlib/$target" ] && return
  chroot "$sid" dpkg --add-architecture "$debian"
  # The lists of a mirror that stands still are good enough.
  chroot "$sid" apt-get -qq -o Acquire::Check-Valid-Until=false update
  DEBIAN_FRONTEND=noninteractive chroot "$sid" apt-get -qq -y --no-install-recommends install \
    rustc cargo "libstd-rust-dev:$debian" "gcc-$gnu" "libc6-dev-$debian-cross" qemu-user >/dev/null
}

# Runs a command line in the folder of the project, with what cargo has fetched already.
in_sid() {
  local cargo=${CARGO_HOME:-$HOME/.cargo}
  mkdir -p "$sid/project" "$sid/cargo/registry" "$cargo/registry"
  unshare --mount --propagation private bash -euc '
    mount --bind "$1" "$2/project"; mount --bind "$3" "$2/cargo/registry"; mount -t proc proc "$2/proc"
    mount --bind /dev "$2/dev"
    exec chroot "$2" env -i HOME=/root PATH=/usr/bin:/bin CARGO_HOME=/cargo CARGO_TARGET_DIR=/project/target/sid \
      sh -c "cd /project && $4"' - "$PWD" "$sid" "$cargo/registry" "$1"
}

run() {
  if has_tools; then
    built=target
    sh -c "$compiler $1"
  else
    echo "$target by Debian's own Rust, in $sid"
    SUITE=sid prepare_sid
    # Crates are fetched here, where names and certificates are those of the machine.
    cargo fetch --locked --quiet
    built=target/sid
    in_sid "CARGO_NET_OFFLINE=true $compiler $1"
  fi
}

if [ "${1:-}" = test ]; then
  shift
  run "cargo test --locked --quiet --target $target $(printf -- ' --package %s' "$@")"
else
  run "TARGET=$target scripts/build.sh"
  cargo run --quiet --locked --package gnomon --features manual -- manual target/manual
  scripts/package.sh "$built/$target/release/gnomon" "$target" target/manual
fi
