#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# Log files beside the real logrotate, and the journal while journald is not there.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

logs=/var/log/amphid-case

# configure_logging SCRIPT: a daemon of a shell that writes to a log file, which logrotate rotates as
# well. Standard input is added to the latter's configuration.
configure_logging() {
    rm -rf "$logs"
    mkdir "$logs"
    configure web <<TOML
[service]
exec-start = ["/bin/sh", "-c", '$1']

[log]
file = "$logs/web.log"
TOML
    { printf '%s/web.log {\nsize 1\nrotate 1000\n' "$logs" && cat && echo '}'; } >"$scratch/logrotate.conf"
}

rotate() {
    /usr/sbin/logrotate --force --state "$scratch/logrotate.state" "$scratch/logrotate.conf"
}

# logged: everything, the oldest first.
logged() {
    local file
    for file in $(ls -v -r "$logs"/web.log.* 2>/dev/null) "$logs/web.log"; do
        cat "$file"
    done
}

has_logged() {
    grep -qx "$1" "$logs/web.log"
}

# Without a script that tells the launcher, while the service writes.
case_log_rotated_by_logrotate() {
    local last
    [[ -x /usr/sbin/logrotate ]] || skip 'no logrotate in this machine'
    configure_logging 'i=0; while :; do i=$((i + 1)); echo $i; done' <<<'create'
    expect_code 0 in_session root amphid start web
    for _ in {1..8}; do
        await 'some lines' test -s "$logs/web.log"
        expect_code 0 rotate
    done
    expect_code 0 amphid stop web
    last=$(logged | tail -n 1)
    ((last > 1000)) || fail "only $last lines"
    logged | cmp - <(seq "$last") || fail 'the lines are not all of them, once and in order'
    expect_equal 'files' "$(find "$logs" -name 'web.log.*' | wc -l)" 8
    rm -r "$logs"
}

# logrotate compresses the file at once: the launcher is told to let go of it before.
case_log_reopened_by_logrotate() {
    [[ -x /usr/sbin/logrotate ]] || skip 'no logrotate in this machine'
    configure_logging 'echo one; trap "echo two" USR1; while :; do sleep 0.05; done' <<TOML
compress
postrotate
amphid logs --reopen web
endscript
TOML
    expect_code 0 in_session root amphid start web
    await 'the first line' has_logged one
    expect_code 0 rotate
    await 'a new file' test -e "$logs/web.log"
    kill -USR1 "$(state_of web main.pid)"
    await 'the second line' has_logged two
    expect_equal 'the old file' "$(zcat "$logs/web.log.1.gz")" one
    expect_code 0 amphid stop web
    rm -r "$logs"
}

# What is written while logrotate copies is lost; a service that is silent then loses nothing.
case_log_copied_and_cut_by_logrotate() {
    [[ -x /usr/sbin/logrotate ]] || skip 'no logrotate in this machine'
    configure_logging 'trap "seq 100" USR1; seq 100; while :; do sleep 0.05; done' <<<'copytruncate'
    expect_code 0 in_session root amphid start web
    for _ in 1 2 3; do
        await 'the lines' has_logged 100
        expect_code 0 rotate
        expect_equal 'size' "$(stat -c %s "$logs/web.log")" 0
        kill -USR1 "$(state_of web main.pid)"
    done
    await 'the lines' has_logged 100
    logged | cmp - <(for _ in 1 2 3 4; do seq 100; done) || fail 'lines are missing or torn'
    expect_code 0 amphid stop web
    rm -r "$logs"
}

# journald's death is not the daemon's, and its successor gets what is written from then on.
case_log_journald_restarted() {
    local launcher main
    configure_helper web notify --stdout 'before it' --on USR1 '{' --stdout 'after it' --stderr 'and an error' '}' --notify
    expect_code 0 in_session root amphid start web
    launcher=$(state_of web launcher.pid) main=$(state_of web main.pid)
    await 'the first line' is_in_journal 'helper: 6: before it'
    systemctl restart systemd-journald
    kill -USR1 "$main"
    await 'the line of afterwards' is_in_journal 'helper: 6: after it'
    await 'the error of afterwards' is_in_journal 'helper: 6: and an error'
    systemctl kill --signal=KILL systemd-journald
    await 'journald to be back' systemctl is-active systemd-journald
    expect_code 0 amphid status web
    expect_state web launcher.pid="$launcher" main.pid="$main" restarts=0
    expect_code 0 amphid restart web
    await 'a line of the second run' is_in_journal_twice 'helper: 6: before it'
    expect_code 0 amphid stop web
    expect_match 'the journal' "$(read_journal)" 'web: stopped'
}

is_in_journal_twice() {
    (($(read_journal | grep -cx "${1##*: }") >= 2))
}
