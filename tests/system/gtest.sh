#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# gtest.sh PATTERN REPEAT CMD...: runs a GoogleTest program (CMD ends with it) REPEAT times over the
# tests whose name contains PATTERN (one with a `*` in it is a filter as GoogleTest takes it), and
# reports what it counted. After several rounds it names each test that failed, and how often.
set -euo pipefail
# shellcheck source=tests/system/stages.sh
source "$(dirname "${BASH_SOURCE[0]}")/stages.sh"

pattern=$1 repeat=$2
limit=${AMPHID_ROUND_LIMIT:-900} # seconds: a program in which every wait is in vain is ended
shift 2
filter="*$pattern*"
if [[ $pattern == *'*'* ]]; then filter=$pattern; fi

# Reads GoogleTest's last lines; a program that printed none has died half-way. (Its brief form does
# not say how many failed.)
count_tests() {
    awk '
        /^\[==========\] [0-9]+ tests? .* ran\./ { ran = $2; ended = 1 }
        /^\[  PASSED  \] [0-9]+ test/ { passed = $4 }
        /^\[  SKIPPED \] [0-9]+ test/ { skipped = $4 }
        END { print passed + 0, ran - passed - skipped + !ended, skipped + 0 }' "$1"
}

name_failures() {
    sed -n 's/^\[  FAILED  \] \([^ ,]*\).* ms)$/\1/p' "$1"
}

output=$(mktemp) failures=$(mktemp)
trap 'rm -f "$output" "$failures"' EXIT
status=0
for ((round = 1; round <= repeat; ++round)); do
    code=0
    timeout --kill-after=10 "$limit" "$@" --gtest_brief=1 --gtest_filter="$filter" >"$output" 2>&1 || code=$?
    cat "$output"
    name_failures "$output" >>"$failures"
    read -r passed failed skipped < <(count_tests "$output")
    # A bad exit always shows.
    if ((code != 0 && failed == 0)); then failed=1; fi
    if ((failed)); then
        printf 'exit code %s in round %s of %s\n' "$code" "$round" "$repeat"
        status=1
    fi
    report "$passed" "$failed" "$skipped"
done
if ((repeat > 1)); then
    sort "$failures" | uniq -c | while read -r times name; do
        printf 'failed in %s of %s rounds: %s\n' "$times" "$repeat" "$name"
    done
fi
exit "$status"
