#!/usr/bin/env bash
# Fuzzes each target for some seconds: fuzz/run.sh SECONDS [TARGET...]
#
# Stable Rust, a C++ compiler and nothing else: the targets are built with LLVM's coverage passes
# and libFuzzer, without a sanitizer, since the fuzzed code has no unsafe block. As many targets
# run at once as there are processors. Useful inputs go to fuzz/corpus, inputs that break a target
# to fuzz/artifacts; to reproduce a fault, run a target's program in fuzz/target with that file.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:?usage: fuzz/run.sh SECONDS [TARGET...]}
shift
if [ $# -eq 0 ]; then
    set -- $(ls fuzz_targets | sed 's/\.rs$//')
fi

host=$(rustc -vV | sed -n 's/^host: //p')
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
passes="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
passes+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
passes+=" -Cllvm-args=-sanitizer-coverage-pc-table"
passes+=" -Cllvm-args=-sanitizer-coverage-trace-compares"
# With --target, build scripts and macros are built without the passes.
RUSTFLAGS="$passes --cfg fuzzing" cargo build --release --locked --bins --target "$host"

fuzz() {
    mkdir -p "corpus/$1" "artifacts/$1"
    if ! "$CARGO_TARGET_DIR/$HOST/release/$1" -max_total_time="$SECONDS_EACH" -timeout=10 \
        -rss_limit_mb=2048 -max_len=8192 -print_final_stats=1 -artifact_prefix="artifacts/$1/" \
        "corpus/$1" "seeds/$1" >"corpus/$1.log" 2>&1; then
        tail -n 40 "corpus/$1.log"
        echo "$1: broken, see fuzz/artifacts/$1"
        return 1
    fi
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "corpus/$1.log")
    coverage=$(sed -n 's/.*cov: \([0-9]*\).*/\1/p' "corpus/$1.log" | tail -n 1)
    echo "$1: $executions executions, $coverage edges"
}
export -f fuzz
export HOST=$host SECONDS_EACH=$seconds
printf '%s\n' "$@" | xargs -P "$(nproc)" -I TARGET bash -c 'fuzz TARGET'
