#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# autopkgtest.sh SUITE: the tests in packaging/debian/tests, run by Debian's autopkgtest(1) on a bare
# machine of Debian SUITE, with the packages in build/package.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/system/stages.sh
source "$here/stages.sh"

# In the bare machine: the source package's debian/ and the binary packages are all that it needs. The
# machine itself is the container that the tests ask for.
run_inside() {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends autopkgtest >/dev/null
    mkdir -p /tmp/source
    cp -a packaging/debian /tmp/source/debian
    autopkgtest --ignore-restrictions=isolation-container --no-built-binaries \
        --summary-file=/tmp/summary "$@" /tmp/source/ -- null || :
    sed 's/^/autopkgtest: /' /tmp/summary
}

if [[ $1 == --inside ]]; then
    run_inside "${@:2}"
    exit
fi

suite=$1
place=$(cd "${AMPHID_PACKAGES:-build/package}" && pwd)
output=$(mktemp)
trap 'rm -f "$output"' EXIT
mkdir -p "${AMPHID_RIG_DIR:-build/rig}/out/$suite"
cp "$place"/*amphid_*.deb "${AMPHID_RIG_DIR:-build/rig}/out/$suite/"
# shellcheck disable=SC2016  # the bare machine's shell
"$here/bare.sh" "$suite" bash -c 'tests/system/autopkgtest.sh --inside /out/*amphid_*.deb' \
    >"$output" 2>&1 || :
passed=$(grep -cE '^autopkgtest: [a-z-]+ +PASS' "$output") || :
others=$(grep -cE '^autopkgtest: [a-z-]+ +(FAIL|SKIP|FLAKY)' "$output") || :
tests=$(grep -c '^Tests:' packaging/debian/tests/control)
if ((passed != tests || others > 0)); then
    tail -n 60 "$output"
    echo "autopkgtest: $passed of $tests passed"
    report "$passed" $((tests - passed)) 0
    exit 1
fi
grep '^autopkgtest: ' "$output"
report "$passed" 0 0
