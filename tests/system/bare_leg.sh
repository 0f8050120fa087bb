#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# bare_leg.sh SUITE PATTERN: the two commands of the README on a machine that has nothing:
# `./script/test --fast`, whose totals are counted as ours, and (without a PATTERN) `./script/demo`,
# which boots a machine of its own in there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/system/stages.sh
source "$here/stages.sh"

suite=$1 pattern=${2:-}
output=$(mktemp)
trap 'rm -f "$output"' EXIT
code=0
# shellcheck disable=SC2016  # the bare machine's shell
"$here/bare.sh" "$suite" bash -c '
    code=0
    ./script/test --fast "$1" || code=1
    [[ -z $1 ]] || exit "$code"
    ./script/demo && echo "demo passed" || { echo "demo failed" && code=1; }
    exit "$code"' leg "$pattern" >"$output" 2>&1 || code=$?
cat "$output"
if totals=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$output"); then
    read -r passed _ failed _ skipped _ <<<"$totals"
    report "$passed" "$failed" "$skipped"
fi
case $(tail -1 "$output") in
    'demo passed') report 1 0 0 ;;
    'demo failed') report 0 1 0 ;;
esac
exit "$code"
