#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# Stop and reload by systemd.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

case_stop_is_clean() {
    local main
    configure_helper web notify --log-signals "$scratch/signals" --exit-on TERM:0 --notify
    expect_code 0 systemctl start amphid@web
    main=$(state_of web main.pid)
    expect_code 0 systemctl stop amphid@web
    expect_properties web ActiveState=inactive SubState=dead Result=success ExecMainStatus=0
    expect_gone "$main"
    expect_match 'signals of the service' "$(cat "$scratch/signals")" 'TERM'
    [[ ! -e /run/amphid/web/pid ]] || fail 'the pid file is still there'
}

case_death_by_the_stop_signal_is_success() {
    configure_helper web notify --notify
    expect_code 0 systemctl start amphid@web
    expect_code 0 systemctl stop amphid@web
    expect_properties web ActiveState=inactive Result=success
}

# The unit would kill after a second; the file allows half a minute, and systemd is told so.
case_stop_asks_for_the_time_it_needs() {
    local stop main
    configure_helper web notify --on TERM '{' --ready-file "$scratch/stopping" \
        --await "$scratch/go" --exit 0 '}' --notify
    echo 'timeout-stop-sec = "30s"' >>/etc/amphid/web.toml
    drop_in web <<<$'[Service]\nRestart=no\nTimeoutStopSec=1'
    expect_code 0 systemctl start amphid@web
    main=$(state_of web main.pid)
    systemctl stop amphid@web &
    stop=$!
    await 'the service to stop' test -e "$scratch/stopping"
    await 'the time of the unit to be over' is_stopping_longer_than web 1500000
    expect_runs "$main"
    : >"$scratch/go"
    wait "$stop" || fail 'systemctl stop failed'
    expect_properties web ActiveState=inactive Result=success
}

# is_stopping_longer_than NAME USEC
is_stopping_longer_than() {
    local began now
    began=$(property "$1" StateChangeTimestampMonotonic)
    now=$(awk '{ printf "%.0f", $1 * 1000000 }' /proc/uptime)
    has_property "$1" SubState=stop-sigterm && ((now - began > $2))
}

case_stop_kills_what_ignores_it() {
    local main
    configure_helper web notify --ignore TERM --notify
    echo 'timeout-stop-sec = "300ms"' >>/etc/amphid/web.toml
    expect_code 0 systemctl start amphid@web
    main=$(state_of web main.pid)
    systemctl stop amphid@web || :
    expect_gone "$main"
    [[ $(property web ActiveState) =~ ^(inactive|failed)$ ]] || fail 'it is still active'
}

case_stop_takes_the_whole_tree() {
    configure_helper web notify --fork 2 --setsid-child --double-fork --notify
    expect_code 0 systemctl start amphid@web
    expect_code 0 systemctl stop amphid@web
    nothing_left || fail "left: $(list_left)"
}

case_reload_reaches_the_service() {
    local main launcher
    configure_helper web notify --on HUP '{' --append-text "$scratch/reloads" again '}' --notify
    expect_code 0 systemctl start amphid@web
    main=$(state_of web main.pid)
    launcher=$(property web MainPID)
    expect_code 0 systemctl reload amphid@web
    await 'the service to reload' grep -q again "$scratch/reloads"
    expect_properties web MainPID="$launcher" SubState=running NRestarts=0
    expect_state web main.pid="$main" reload.serial=1 reload.ok=true
}

case_reload_that_kills_the_service_fails() {
    configure_helper web notify --exit-on HUP:3 --notify --on HUP '{' --reloading --exit 3 '}'
    forbid_restart web
    expect_code 0 systemctl start amphid@web
    expect_code 1 systemctl reload amphid@web
}
