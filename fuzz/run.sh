#!/usr/bin/env bash
# Fuzzes every target, two at a time, for MINUTES each (10 where nothing is said), on the stable toolchain:
#   fuzz/run.sh [MINUTES [TARGET…]]
# Seeds come from the fixtures. What is found stays in fuzz/artifacts; a finding becomes a fixture and a test.
set -euo pipefail
cd "$(dirname "$0")"
minutes=${1:-10}
shift || true

# Reports and whole gates are made from the fixtures by the program itself.
mkdir -p seeds/reports seeds/gates
for file in ../docs/examples/base.jsonl ../fixtures/jsonl/*.jsonl; do
    name=$(basename "$file" .jsonl)
    (cd .. && cargo run -q --release -- compare --base "fuzz/$file" --head docs/examples/head.jsonl -q \
        --out "json=fuzz/seeds/reports/$name.json" >/dev/null 2>&1) || true
    { cat "$file"; printf '\n===\n'; cat ../docs/examples/head.jsonl; printf '\n===\n'; cat ../docs/examples/benchgate.yml; } \
        >"seeds/gates/$name"
done

# What cargo-fuzz passes as well, without a sanitizer, which only nightly has: the code under test forbids unsafe.
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks"
target=$(rustc -vV | sed -n 's/^host: //p')
cargo build --release --target "$target"
built=target/$target/release
if [ $# -gt 0 ]; then targets=("$@"); else
    targets=(config criterion_benchmark criterion_sample jsonl runset report event artifact gate)
fi

seeds() {
    mkdir -p "seeds/$1"
    case $1 in
        config) find ../docs ../fixtures ../templates -name '*.yml' ;;
        criterion_benchmark) find ../fixtures -name benchmark.json ;;
        criterion_sample) find ../fixtures -name sample.json ;;
        jsonl) find ../fixtures/jsonl ../fixtures/invalid ../docs/examples -name '*.jsonl' ;;
        runset) find ../fixtures -name runs.jsonl ;;
        report | artifact) find seeds/reports -name '*.json' ;;
        event) find ../tests ../fixtures -name '*event*.json' ;;
        gate) find seeds/gates -type f ;;
    esac | head -n 400 | while read -r file; do
        if [ "$(wc -c <"$file")" -le 65536 ]; then
            cp "$file" "seeds/$1/$(printf '%s' "$file" | tr -c 'A-Za-z0-9' _)"
        fi
    done
}

fuzz() {
    seeds "$1"
    mkdir -p "corpus/$1" "artifacts/$1" logs
    "$built/$1" -max_total_time=$((minutes * 60)) -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="artifacts/$1/" "corpus/$1" "seeds/$1" >"logs/$1.log" 2>&1 || echo "$1: FOUND, see fuzz/logs/$1.log"
    printf '%s: %s executions in %s minutes\n' "$1" \
        "$(sed -n 's/^stat::number_of_executed_units: *//p' "logs/$1.log")" "$minutes"
}
export -f fuzz seeds
export built minutes
printf '%s\n' "${targets[@]}" | xargs -P 2 -I{} bash -c 'fuzz {}'
test -z "$(find artifacts -type f)"
