#!/usr/bin/env bash
# Runs fuzz targets one after the other, each for some seconds, and says how many inputs each has tried. Needs the
# stable compiler and a C++ compiler only: the coverage that libFuzzer goes by is a pass of LLVM, which rustc has.
# Usage: [CORPUS=fuzz/corpus] scripts/fuzz.sh SECONDS TARGET...   with TARGET "all" for all of them
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=$1
shift
targets=("$@")
[ "${targets[*]}" != all ] || mapfile -t targets < <(sed -n 's/^name = "\(.*\)"$/\1/p' fuzz/Cargo.toml | tail -n +2)

scripts/install.sh rust cc g++
host=$(rustc -vV | sed -n 's/^host: //p')
coverage="-Cpasses=sancov-module -Ccodegen-units=1"
for option in level=4 inline-8bit-counters pc-table trace-compares; do
  coverage+=" -Cllvm-args=-sanitizer-coverage-$option"
done
# With a target named, build scripts and macros go without coverage: they have no fuzzer to report to.
bins=("${targets[@]/#/--bin=}")
(cd fuzz && RUSTFLAGS="$coverage" cargo build --quiet --release --target "$host" "${bins[@]}")

corpus=${CORPUS:-fuzz/corpus}
for target in "${targets[@]}"; do
  mkdir -p "$corpus/$target" "fuzz/artifacts/$target"
  echo "$target: $seconds seconds"
  nice -n 19 "fuzz/target/$host/release/$target" "$corpus/$target" "fuzz/seeds/$target" -max_total_time="$seconds" \
    -timeout=60 -rss_limit_mb=1024 -artifact_prefix="fuzz/artifacts/$target/" -print_final_stats=1 -verbosity=0
done
