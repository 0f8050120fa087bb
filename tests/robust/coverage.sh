#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# coverage.sh [FILTER]: which lines of src no test runs. Builds with clang++, runs the unit tests and, as
# root, the process tests (those that match FILTER, in gtest's form) and prints for each file the lines
# that never ran, after it the sum. It is no verdict on the tests: some fail because of the counting itself.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
filter=${1:-*} built=build/coverage profile=build/coverage/profile

[[ -e $built/build.ninja ]] || cmake --preset coverage
cmake --build --preset coverage
cmake --build --preset dev --target process_tests

# Other users' processes count, too.
rm -rf "$profile"
mkdir -p "$profile"
"$built/amphid" --version >/dev/null
"$built/tests/unit_tests" --gtest_brief=1 || :
chmod 0777 "$profile"
chmod 0666 "$profile"/*.profraw
if ((EUID == 0)); then
    AMPHID=$PWD/$built/amphid tests/system/isolate.sh root "$PWD/build/dev/tests/helper" \
        build/dev/tests/process_tests --gtest_brief=1 --gtest_filter="$filter" || :
fi

llvm-profdata merge -o "$built/all.profdata" "$profile"/*.profraw
llvm-cov export -format=lcov -instr-profile="$built/all.profdata" "$built/amphid" \
    -object "$built/tests/unit_tests" >"$built/all.lcov"
python3 - "$built/all.lcov" "$PWD/src/" <<'PYTHON'
import os, sys

def ranges(lines):
    out = []
    for line in sorted(lines):
        if out and line == out[-1][1] + 1:
            out[-1][1] = line
        else:
            out.append([line, line])
    return " ".join(f"{a}-{b}" if a != b else str(a) for a, b in out)

name, seen, missed, covered, total = "", {}, {}, 0, 0
for row in open(sys.argv[1]):
    kind, _, rest = row.strip().partition(":")
    if kind == "SF":
        path = os.path.normpath(rest)
        name = path.removeprefix(sys.argv[2]) if path.startswith(sys.argv[2]) else ""
    elif kind == "DA" and name:
        line, count = rest.split(",")[:2]
        seen.setdefault(name, set()).add(int(line))
        if count == "0":
            missed.setdefault(name, set()).add(int(line))
for name in sorted(seen):
    gone = missed.get(name, set())
    total += len(seen[name])
    covered += len(seen[name]) - len(gone)
    if gone:
        print(f"{name}: {len(gone)} of {len(seen[name])}: {ranges(gone)}")
print(f"{covered} of {total} lines ran, {100 * covered / total:.1f} %")
PYTHON
