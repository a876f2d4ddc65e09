#!/usr/bin/env bash
# Builds the program as it is shipped, to target/TARGET/release/gnomon; TARGET is this machine's kind unless it is set.
# Arguments go to cargo.
set -euo pipefail

target=${TARGET:-$(rustc -vV | sed -n 's/^host: //p')}

# A static program takes less memory and runs anywhere; this works only with an explicit --target. At a fixed address it
# needs no relocations: they are half a megabyte of file, and make 350 kB of tables private memory.
export RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=+crt-static -C relocation-model=static"

# zstd answers at level 1, which is its fast compressor: what is left out here are those of higher levels, 150 kB.
for compressor in DFAST GREEDY LAZY LAZY2 BTLAZY2 BTOPT BTULTRA; do
  CFLAGS="${CFLAGS:-} -DZSTD_EXCLUDE_${compressor}_BLOCK_COMPRESSOR"
done
export CFLAGS

# Symbols are 2.6 MB. The profile says so too, but cargo forgets that for a program whose package has a level of its own.
exec cargo rustc --release --locked --package gnomon --bin gnomon --target "$target" "$@" -- -C strip=symbols
