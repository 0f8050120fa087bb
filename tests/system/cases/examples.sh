#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# The files that we ship: the examples of config/ and the unit.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

case_every_example_is_correct() {
    local file
    link_postgresql
    for file in /root/config/*.toml; do
        expect_code 0 amphid check "$file"
        # The machines have no python3.
        [[ $file == */port80.toml && ! -x /usr/bin/python3 ]] || expect_code 0 amphid explain "$file"
    done
}

case_unit_is_correct() {
    expect_code 0 systemd-analyze verify amphid@web.service
    expect_equal 'what systemd-analyze says' "$output" ''
}

case_classic_example_is_a_textbook_daemon() {
    local main fd
    expect_code 0 amphid start /root/config/classic.toml
    main=$(state_of classic main.pid)
    expect_equal 'pid file' "$(cat /run/classic.pid)" "$(state_of classic launcher.pid)"
    expect_match 'umask' "$(grep Umask "/proc/$main/status")" '0000'
    expect_equal 'working directory' "$(readlink "/proc/$main/cwd")" /
    for fd in 0 1 2; do
        expect_equal "descriptor $fd" "$(readlink "/proc/$main/fd/$fd")" /dev/null
    done
    expect_equal 'descriptors' "$(echo /proc/"$main"/fd/* | wc -w)" 3
    expect_code 0 amphid stop /root/config/classic.toml
    expect_gone "$main"
    [[ ! -e /run/classic.pid ]] || fail 'the pid file is still there'
}

case_hello_example_as_a_unit() {
    cp /root/config/hello.toml /etc/amphid/
    expect_code 0 systemctl start amphid@hello
    expect_code 0 systemctl reload amphid@hello
    expect_match 'the journal' "$(read_journal)" 'reloaded'
    expect_code 0 systemctl stop amphid@hello
    expect_equal 'Result' "$(property hello Result)" success
}
