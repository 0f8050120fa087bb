#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# amphid's own commands on a machine with systemd: on a service that systemd runs, and on a daemon.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

case_stop_of_a_units_service_goes_through_systemctl() {
    configure_helper web notify --notify
    expect_code 0 systemctl start amphid@web
    expect_code 0 amphid stop web
    expect_properties web ActiveState=inactive Result=success
    # systemd's own word for a stop that was asked of it, not one that happened to it
    expect_match 'the journal' "$(read_journal)" 'Stopping amphid@web.service'
    expect_match 'what the command says' "$(amphid stop web)" 'web: not running'
}

case_restart_of_a_units_service_goes_through_systemctl() {
    local launcher invocation
    configure_helper web notify --notify
    expect_code 0 systemctl start amphid@web
    launcher=$(property web MainPID)
    invocation=$(property web InvocationID)
    expect_code 0 amphid restart web
    expect_properties web ActiveState=active NRestarts=0 Result=success
    [[ $(property web MainPID) != "$launcher" ]] || fail 'the launcher is the same'
    [[ $(property web InvocationID) != "$invocation" ]] || fail 'the invocation is the same'
    expect_state web unit=amphid@web.service manager=system mode=foreground
}

case_restart_returns_systemctls_truth() {
    configure_helper web notify --notify
    forbid_restart web
    expect_code 0 systemctl start amphid@web
    configure_helper web notify --exit 9
    expect_code 1 amphid restart web
    expect_properties web ActiveState=failed Result=exit-code ExecMainStatus=9
}

case_reload_of_a_units_service_goes_through_systemctl() {
    configure_helper web notify --on HUP '{' --append-text "$scratch/reloads" again '}' --notify
    expect_code 0 systemctl start amphid@web
    expect_code 0 amphid reload web
    await 'the service to reload' grep -q again "$scratch/reloads"
    expect_match 'the journal' "$(read_journal)" 'Reloaded amphid@web.service'
    expect_code 0 systemctl stop amphid@web
    expect_code 7 amphid reload web
}

case_status_of_a_units_service() {
    configure_helper web notify --status 'serving' --notify
    expect_code 3 amphid status web
    expect_code 0 systemctl start amphid@web
    expect_code 0 amphid status web
    expect_match 'status' "$output" "$(property web MainPID)"
    expect_match 'status' "$output" 'amphid@web.service'
    expect_match 'status' "$output" 'serving'
    expect_code 0 amphid status web --json
    expect_match 'status' "$output" '"unit": ?"amphid@web.service"'
    expect_match 'status' "$output" '"mode": ?"foreground"'
    expect_code 0 systemctl stop amphid@web
    expect_code 3 amphid status web
    expect_code 4 amphid status no-such-service
}

case_start_by_hand_of_a_units_service_says_already_running() {
    local launcher
    configure_helper web notify --notify
    expect_code 0 systemctl start amphid@web
    launcher=$(property web MainPID)
    expect_code 0 amphid start web
    expect_equal 'what it says' "$output" "web: already running (PID $launcher, main PID $(
        state_of web main.pid), unit amphid@web.service)"
    expect_code 1 amphid run web
    expect_match 'what it says' "$output" "already running.*$launcher"
    expect_match 'what it says' "$output" 'amphid@web.service'
    expect_properties web MainPID="$launcher" ActiveState=active NRestarts=0
}

case_unit_of_a_running_daemon_says_already_running() {
    configure_helper web notify --notify
    forbid_restart web
    expect_code 0 amphid start web
    expect_code 1 systemctl start amphid@web
    expect_properties web Result=exit-code ExecMainStatus=1
    expect_match 'the journal' "$(read_journal)" "already running.*$(state_of web launcher.pid)"
    expect_code 0 amphid status web
    expect_code 0 amphid stop web
}

# A daemon of a login session lives in the session's scope, on a machine with systemd booted: it is
# nobody's unit.
case_daemon_of_a_session_is_not_taken_for_systemds() {
    local launcher main
    configure_helper web notify --on HUP '{' --append-text "$scratch/reloads" again '}' --notify
    expect_code 0 in_session root amphid start web
    launcher=$(state_of web launcher.pid)
    main=$(state_of web main.pid)
    expect_match 'cgroup of the daemon' "$(cat "/proc/$launcher/cgroup")" 'session-c?[0-9]+\.scope'
    expect_state web mode=daemon unit= manager= state=running
    expect_code 0 amphid status web
    expect_code 0 amphid reload web
    await 'the service to reload' grep -q again "$scratch/reloads"
    expect_code 0 amphid restart web
    expect_gone "$main"
    expect_state web mode=daemon unit= state=running
    expect_properties web ActiveState=inactive
    main=$(state_of web main.pid)
    expect_code 0 amphid stop web
    expect_equal 'what it says' "$output" 'web: stopped'
    expect_gone "$main"
}

case_pid_file_of_a_daemon() {
    local launcher
    configure_helper web notify --notify
    expect_code 0 amphid start web
    launcher=$(state_of web launcher.pid)
    expect_equal 'pid file' "$(cat /run/amphid/web/pid)" "$launcher"
    expect_equal 'its mode and owner' "$(stat -c '%a %U' /run/amphid/web/pid)" '644 root'
    kill -KILL "$(state_of web main.pid)"
    await 'the pid file to go with the service' test ! -e /run/amphid/web/pid
    await 'the end of the launcher' is_gone "$launcher"
}

case_pid_file_of_a_unit() {
    configure_helper web notify --notify
    forbid_restart web
    expect_code 0 systemctl start amphid@web
    expect_equal 'pid file' "$(cat /run/amphid/web/pid)" "$(property web MainPID)"
    expect_equal 'its mode and owner' "$(stat -c '%a %U' /run/amphid/web/pid)" '644 root'
    kill -KILL "$(state_of web main.pid)"
    await 'the end of the unit' has_property web ActiveState=failed
    [[ ! -e /run/amphid/web/pid ]] || fail 'the pid file is still there'
}

# systemd, and only after it amphid, is asked by many at once: one service, and everybody is told so.
case_starts_in_parallel_give_one_service() {
    local i starts=()
    configure_helper web notify --append "$scratch/starts" --notify
    for ((i = 0; i < 20; ++i)); do
        amphid start web >"$scratch/said.$i" 2>&1 &
        starts+=($!)
    done
    for i in "${starts[@]}"; do wait "$i" || fail "a start failed: $(cat "$scratch"/said.*)"; done
    expect_equal 'number of services' "$(wc -l <"$scratch/starts")" 1
    expect_equal 'number of winners' "$(cat "$scratch"/said.* | grep -c ': ready')" 1
    expect_code 0 amphid stop web
}
