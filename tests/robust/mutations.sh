#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# mutations.sh [PATTERN]: changes one line of the sources at a time, as mutations.txt lists them, in a
# copy of the tree, and runs the tests of which one must fail. Says "killed" or "survived" for each
# whose text matches PATTERN; exits with 1 where one survived or no longer applies.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
pattern=${1:-.} top=$PWD

# The copy is mounted over the tree: what was built there, and a compiler's cache, stay good.
if [[ -z ${AMPHID_MUTATED_COPY:-} ]]; then
    scratch=$(mktemp -d /var/tmp/amphid-mutations.XXXXXX)
    trap 'rm -rf "$scratch"' EXIT
    mkdir -p "$scratch/tree/build" "$scratch/pristine"
    git ls-files -z | xargs -0 cp --parents --preserve=timestamps --target-directory="$scratch/tree"
    cp -r --preserve=timestamps "$scratch/tree/." "$scratch/pristine"
    if [[ -d build/dev ]]; then cp -r --preserve=timestamps build/dev "$scratch/tree/build"; fi
    namespace=(unshare --mount)
    if ((EUID)); then namespace=(unshare --user --map-root-user --mount); fi
    # shellcheck disable=SC2016  # the shell in there
    AMPHID_MUTATED_COPY=$scratch "${namespace[@]}" "$BASH" -c \
        'mount --bind "$1/tree" "$2" && cd "$2" && exec "$BASH" tests/robust/mutations.sh "$3"' \
        sh "$scratch" "$top" "$pattern"
    exit
fi
pristine=$AMPHID_MUTATED_COPY/pristine log=$AMPHID_MUTATED_COPY/log

build() {
    cmake --build --preset dev --target "$1" >"$log" 2>&1
}

# change FILE FROM TO: false where FROM is not in exactly one place.
change() {
    FROM=$2 TO=$3 python3 - "$1" <<'PYTHON'
import os, sys
path = sys.argv[1]
text = open(path).read()
if text.count(os.environ["FROM"]) != 1:
    sys.exit(1)
open(path, "w").write(text.replace(os.environ["FROM"], os.environ["TO"]))
PYTHON
}

# A hang is a failure, too.
passes() {
    local program=$1 filter=$2 runner=()
    if [[ $program == process_tests ]]; then
        runner=(tests/system/isolate.sh self build/dev/tests/helper)
    fi
    timeout 900 "${runner[@]}" "build/dev/tests/$program" --gtest_brief=1 --gtest_fail_fast \
        --gtest_filter="$filter" >"$log" 2>&1
}

# The suites in a folder of the tests; anything else is a filter already.
filter_of() {
    if [[ -d tests/$1 ]]; then
        sed -nE 's/^TEST(_[FP])?\(([A-Za-z0-9_]+),.*/*\2.*/p' "tests/$1"/*_test.cpp | sort -u | paste -sd:
    else
        printf '%s\n' "$1"
    fi
}

# What fails without a mutation, too, tells nothing; neither does a filter of no test.
declare -A sound
is_sound() {
    local program=$1 filter=$2
    if [[ -z ${sound[$*]:-} ]]; then
        sound[$*]=no
        if build "$program" && passes "$program" "$filter" && ! grep -q '] 0 tests from' "$log"; then
            sound[$*]=yes
        fi
    fi
    [[ ${sound[$*]} == yes ]]
}

try_mutation() {
    local file=$1 from=$2 to=$3 program=$4 filter word=killed
    filter=$(filter_of "$5")
    if ! is_sound "$program" "$filter"; then
        word='tests fail'
    elif ! change "$file" "$from" "$to"; then
        word='does not apply'
    elif ! build "$program"; then
        word='does not compile'
    elif passes "$program" "$filter"; then
        word=survived
    fi
    printf '%-16s %s: %s -> %s\n' "$word" "$file" "$from" "${to:-(nothing)}"
    cp "$pristine/$file" "$file" # with a new time: it is compiled again
    [[ $word == killed ]]
}

killed=0 others=0
while IFS= read -r line <&3; do
    if [[ $line == '#'* || -z $line ]] || ! grep -qE -- "$pattern" <<<"$line"; then continue; fi
    line=${line//'\|'/$'\x01'}
    IFS='|' read -r file from to tests <<<"$line"
    if try_mutation "$file" "${from//$'\x01'/'|'}" "${to//$'\x01'/'|'}" "${tests%% *}" "${tests#* }"; then
        killed=$((killed + 1))
    else
        others=$((others + 1))
    fi
done 3<tests/robust/mutations.txt
printf '%d mutations: %d killed, %d not\n' $((killed + others)) "$killed" "$others"
((others == 0))
