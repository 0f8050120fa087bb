#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# `amphid logs` where the output is in the journal, and what the launcher itself writes there.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

# shown_logs NAME...: what `amphid logs` prints of this case.
shown_logs() {
    journalctl --sync
    amphid logs --since "$since" --no-pager "$@" 2>&1
}

# note_time: nothing that an earlier case logged is meant.
note_time() {
    since=@$(date +%s.%6N)
}

logs_show() {
    local text=$1
    shift
    shown_logs "$@" | grep -q -- "$text"
}

# A unit, and the same service as a daemon outside of one: both are found by one command.
case_logs_of_a_unit_and_of_a_daemon() {
    note_time
    configure_helper web notify --stdout 'out of it' --stderr 'and an error' --notify
    expect_code 0 systemctl start amphid@web
    await 'the line' logs_show 'web\[.*\]: out of it' web
    await 'the error' logs_show 'web\[.*\]: and an error' web
    expect_code 0 systemctl stop amphid@web
    expect_match 'after its end' "$(shown_logs -o cat web)" $'out of it\n'
    expect_equal 'one line' "$(shown_logs -n 1 --grep 'out of' -o cat web)" 'out of it'
    expect_equal 'before it' "$(shown_logs --until "$since" -o cat web)" ''
    expect_match 'status' "$(amphid status web)" 'web\[.*\]: web: stopped'
    expect_match 'JSON' "$(shown_logs -o json --grep 'out of it' web)" '"MESSAGE" ?: ?"out of it"'

    note_time
    expect_code 0 in_session root amphid start --daemon web
    await 'the line of the daemon' logs_show 'helper\[.*\]: out of it' web
    expect_code 0 amphid stop web
    expect_match 'its launcher' "$(shown_logs -o cat web)" 'web: ready \(PID [0-9]+, main PID [0-9]+\)'
    expect_equal 'no line of others' "$(shown_logs web | grep -c systemd)" 0
}

follow_logs() {
    rm -f followed
    amphid logs -f -n 0 "$@" >followed 2>&1 &
    follower=$!
}

case_logs_follow_over_a_restart() {
    configure_helper web notify --stdout 'it begins' --notify
    follow_logs web -o cat
    await 'journalctl to follow' pgrep -f '^journalctl .*--follow'
    expect_code 0 in_session root amphid start --daemon web
    await 'the first start' grep -q 'it begins' followed
    expect_code 0 in_session root amphid restart web
    await 'the second one' eval '[[ $(grep -c "it begins" followed) == 2 ]]'
    kill -TERM "$follower"
    wait "$follower" || :
    expect_gone "$follower"
    expect_code 0 amphid stop web
}

# Services of which one has a file and one the journal, in the order of time.
case_logs_of_both_kinds() {
    note_time
    configure_helper web notify --stdout 'one' --notify
    configure worker <<'TOML'
[service]
exec-start = ["/bin/sh", "-c", "echo two; exec sleep 1000"]
[log]
file = "/run/case/worker.log"
timestamps = "rfc3339"
TOML
    expect_code 0 in_session root amphid start --daemon web
    await 'the first line' logs_show 'helper\[.*\]: one' web
    expect_code 0 in_session root amphid start --daemon worker
    await 'the second line' grep -q two worker.log
    expect_equal 'both' "$(shown_logs -o cat --grep '^(one|two)$' worker web)" $'one\ntwo'
    expect_match 'their names' "$(shown_logs --grep '^(one|two)$' worker web)" $'Z web: one\n.*Z worker: two'
    expect_code 0 amphid stop web worker
}

case_logs_are_not_for_everybody() {
    make_tester
    configure_helper web notify --notify
    expect_code 0 in_session root amphid start --daemon web
    expect_code 4 in_session tester amphid logs web
    expect_match 'the reason' "$output" 'web: not permitted to read its output in the journal'
    expect_code 6 amphid logs no-such
    expect_match 'the reason' "$output" 'no-such: no such service'
    expect_code 0 amphid stop web
}

case_logs_of_a_user_manager() {
    note_time
    start_user_manager
    configure_helper web notify --stdout 'out of it' --notify
    mv /etc/amphid/web.toml ~tester/.config/amphid/web.toml
    expect_code 0 manage systemctl --user start amphid@web
    await 'the line' eval 'journalctl --sync; manage amphid logs --no-pager -o cat web | grep -q "out of it"'
    expect_equal 'entries with the unit' \
        "$(journalctl -q -o cat --since "$since" "MESSAGE_ID=$(id_of_event ready)" USER_UNIT=amphid@web.service | wc -l)" 1
    expect_code 0 manage amphid stop web
    end_user_manager
}

# id_of_event EVENT: as the manual and the catalog have it.
id_of_event() {
    amphid reference --format=journal-catalog |
        awk -v wanted=" is $1\$| has $1\$| about to be $1\$" '/^-- / { id = $2 } /^Subject:/ && $0 ~ wanted { print id }'
}

# entries_of EVENT FIELD=VALUE...: the launcher's entries of that event, one a line.
entries_of() {
    local event=$1
    shift
    journalctl --sync
    journalctl -q -o cat --since "$since" "MESSAGE_ID=$(id_of_event "$event")" "$@"
}

has_entry() {
    [[ -n $(entries_of "$@") ]]
}

# expect_entries FIELD=VALUE...: each event of a life was told, with that field.
expect_entries() {
    local event
    for event in starting ready reloading reloaded failed stopping stopped; do
        await "an entry that says $event" has_entry "$event" "$@"
    done
}

# A life with a reload, and another that fails.
log_a_life() {
    local how=$1 main
    $how start
    main=$(state_of web main.pid)
    expect_code 0 amphid reload web
    expect_code 0 amphid stop web
    $how start
    main=$(state_of web main.pid)
    kill -KILL "$main"
    await 'its end' is_gone "$main"
}

as_logged_unit() {
    expect_code 0 systemctl "$1" amphid@web
}

as_logged_daemon() {
    expect_code 0 in_session root amphid "$1" --daemon web
}

case_message_ids_of_a_unit() {
    note_time
    configure_helper web notify-reload --on HUP '{' --reloading --notify '}' --notify
    forbid_restart web
    log_a_life as_logged_unit
    expect_entries UNIT=amphid@web.service AMPHID_SERVICE=web
    expect_match 'the reason' "$(entries_of failed)" "web failed: .*SIGKILL"
    expect_equal 'priority' "$(journalctl -q -o json --since "$since" "MESSAGE_ID=$(id_of_event failed)" |
        grep -o '"PRIORITY" *: *"[0-9]"' | tr -dc 0-9)" 3
}

case_message_ids_of_a_daemon() {
    local id
    note_time
    configure_helper web notify-reload --on HUP '{' --reloading --notify '}' --notify
    log_a_life as_logged_daemon
    expect_entries AMPHID_SERVICE=web
    printf 'restart = "on-failure"\nrestart-sec = "50ms"\n' >>/etc/amphid/web.toml
    as_logged_daemon start
    id=$(state_of web invocation-id)
    expect_match 'of this run' "$(entries_of ready "INVOCATION_ID=$id")" 'web: ready'
    kill -KILL "$(state_of web main.pid)"
    await 'the restart' has_entry restarted "INVOCATION_ID=$id"
    expect_code 0 amphid stop web
}

# journald goes and comes back: nobody waits for it, and it hears of what comes then.
case_message_after_journald_was_restarted() {
    note_time
    configure_helper web notify --notify
    as_logged_daemon start
    await 'the first message' has_entry ready AMPHID_SERVICE=web
    expect_code 0 systemctl restart systemd-journald
    expect_code 0 amphid stop web
    await 'the last message' has_entry stopped AMPHID_SERVICE=web
}

case_message_catalog() {
    mkdir -p /usr/lib/systemd/catalog
    amphid reference --format=journal-catalog >/usr/lib/systemd/catalog/amphid.catalog
    expect_code 0 journalctl --update-catalog
    expect_match 'the catalog' "$(journalctl --dump-catalog "$(id_of_event ready)")" 'Subject: Service @AMPHID_SERVICE@ is ready'
    rm /usr/lib/systemd/catalog/amphid.catalog
}
