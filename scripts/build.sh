#!/usr/bin/env bash
# Builds the program as it is shipped, to target/TARGET/release/gnomon; TARGET is this machine's kind unless it is set.
# Arguments go to cargo.
set -euo pipefail

target=${TARGET:-$(rustc -vV | sed -n 's/^host: //p')}

# A static program takes less memory and runs anywhere; this works only with an explicit --target. At a fixed address it
# needs no relocations: they are half a megabyte of file, and make 350 kB of tables private memory.
export RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=+crt-static -C relocation-model=static"

# Panics say where they were; the folder that crates are kept in is no part of that, and 50 kB.
cargo fetch --locked --quiet
for registry in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/; do
  RUSTFLAGS+=" --remap-path-prefix=$registry="
done

# zstd answers at level 1, which is its fast compressor: what is left out here are those of higher levels, 150 kB.
for compressor in DFAST GREEDY LAZY LAZY2 BTLAZY2 BTOPT BTULTRA; do
  CFLAGS="${CFLAGS:-} -DZSTD_EXCLUDE_${compressor}_BLOCK_COMPRESSOR"
done
export CFLAGS

# Functions and constants that came out alike are kept once, where the linker can do that (rustc's own can, that of cross
# compilers cannot): 410 kB.
folding=(-C link-arg=-Wl,--icf=all,--ignore-data-address-equality)
probe=$(mktemp)
rustc --target "$target" $RUSTFLAGS "${folding[@]}" -o "$probe" - <<<'fn main() {}' 2>/dev/null || folding=()
rm -f "$probe"

exec cargo rustc --release --locked --package gnomon --bin gnomon --target "$target" "$@" -- "${folding[@]}" -C strip=symbols
