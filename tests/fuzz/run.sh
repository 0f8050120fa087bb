#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# run.sh [SECONDS] [TARGET...]: fuzzes each target for so long (60), from its corpus in the tree. What
# is new goes below build/fuzz/corpus, not into the tree; an input that fails lies in build/fuzz.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/system/stages.sh
source tests/system/stages.sh
seconds=${1:-60}
shift $(($# > 0))
if (($# == 0)); then set -- config notification environment command time_span unit state; fi

[[ -e build/fuzz/build.ninja ]] || cmake --preset fuzz
cmake --build --preset fuzz
failed=0
for target; do
    mkdir -p "build/fuzz/corpus/$target"
    log=build/fuzz/$target.log
    # Without its statistics of rare features, on which it would spend half of the time.
    if ! "build/fuzz/tests/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -max_len=4096 -entropic=0 -artifact_prefix="build/fuzz/$target-" -print_final_stats=1 \
        "build/fuzz/corpus/$target" "tests/fuzz/corpus/$target" >"$log" 2>&1; then
        failed=$((failed + 1))
        printf '%s: FAILED\n' "$target"
        tail -40 "$log"
    fi
    printf '%s: %s executions\n' "$target" \
        "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
done
if [[ -n ${AMPHID_TALLY:-} ]]; then report $(($# - failed)) "$failed" 0; fi
((failed == 0))
