#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# The names of systemd's directives, held against the systemd that runs here.
# shellcheck disable=SC2154  # what inside.sh has set

# "service ExecStart", a line each, sorted: what this systemd takes in a service's unit file.
list_directives_of_systemd() {
    /usr/lib/systemd/systemd --dump-configuration-items 2>/dev/null | awk -F= '
        /^\[/ { section = tolower(substr($0, 2, length - 2)) }
        section ~ /^(unit|service|install)$/ && NF > 1 { print section, $1 }' | sort -u
}

case_directives_are_those_of_this_systemd() {
    local version
    version=$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
    list_directives_of_systemd >"$scratch/systemd"
    amphid reference --format=directives >"$scratch/amphid"
    awk -v version="$version" '$3 <= version { print $1, $2 }' "$scratch/amphid" | sort -u >"$scratch/known"
    # The oldest may be gone again, and one of 254 is.
    awk -v version="$version" '$3 > 0 && $3 <= version && $2 != "DefaultStartupMemoryLow" {
        print $1, $2 }' "$scratch/amphid" | sort -u >"$scratch/newer"
    (($(wc -l <"$scratch/systemd") > 300)) || fail "systemd lists $(wc -l <"$scratch/systemd") directives"
    expect_equal 'directives of systemd that amphid does not know' \
        "$(comm -23 "$scratch/systemd" "$scratch/known")" ''
    expect_equal 'directives that this systemd does not know yet' \
        "$(comm -13 "$scratch/systemd" "$scratch/newer")" ''
}
