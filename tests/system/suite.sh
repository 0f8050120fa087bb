#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# suite.sh SUITE REPEAT PATTERN: the cases of tests/system/cases in one machine of Debian SUITE, each
# REPEAT times. amphid, its unit and the helper are copied into the machine, as somebody without a
# package would.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
# shellcheck source=tests/system/stages.sh
source "$here/stages.sh"
# shellcheck source=tests/system/rig.sh
source "$here/rig.sh"

suite=$1 repeat=$2 pattern=${3:-}
machine=case-$suite
amphid=${AMPHID:-build/release/amphid}
helper=${AMPHID_HELPER:-build/dev/tests/helper}

# A binary that was built on a newer Debian than the machine's does not start there: then one is built
# on a bare machine of that Debian.
copy_amphid() {
    copy_to "$machine" "$amphid" /usr/local/bin/amphid
    if ! run_in "$machine" amphid --version >/dev/null 2>&1; then
        echo "note: $amphid does not start on $suite: built one there"
        "$here/bare.sh" "$suite" bash -c './script/setup && cmake --preset release &&
            cmake --build --preset release amphid && cp build/release/amphid /out/'
        copy_to "$machine" "$rig_dir/out/$suite/amphid" /usr/local/bin/amphid
    fi
}

install_in_machine() {
    local file
    run_in "$machine" mkdir -p /root/cases /root/config /root/docs
    copy_amphid
    copy_to "$machine" "$helper" /usr/local/bin/helper
    copy_to "$machine" units/amphid@.service /etc/systemd/system/amphid@.service
    for file in tests/system/cases/*.sh; do
        copy_to "$machine" "$file" "/root/cases/${file##*/}"
    done
    copy_to "$machine" README.md /root/README.md
    for file in recipes.md tutorial.md; do
        copy_to "$machine" "docs/$file" "/root/docs/$file"
    done
    tar -C tests/resolve -cf - units | run_in "$machine" tar -C /root -xf -
    for file in config/*.toml; do
        copy_to "$machine" "$file" "/root/$file"
    done
    run_in "$machine" systemctl daemon-reload
}

run_one() {
    local name=$1 code=0 output
    output=$(run_in "$machine" bash /root/cases/inside.sh run "$name" 2>&1) || code=$?
    case $code in
        0)
            echo "passed: $name"
            report 1 0 0
            ;;
        77)
            echo "skipped: $name: $output"
            report 0 0 1
            ;;
        *)
            printf 'FAILED: %s on %s\n' "$name" "$suite"
            printf '    %s\n' "${output//$'\n'/$'\n'    }"
            report 0 1 0
            status=1
            ;;
    esac
}

status=0
boot_machine "$machine" "$suite" services
install_in_machine
for ((round = 0; round < repeat; ++round)); do
    for name in $(run_in "$machine" bash /root/cases/inside.sh list); do
        [[ $name == *"$pattern"* ]] && run_one "$name"
    done
done
halt_machine "$machine"
exit "$status"
