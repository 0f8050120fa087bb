#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# Starts by systemd: readiness, what `systemctl show` says, and every way to fail.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

case_start_returns_only_when_ready() {
    local start
    configure_helper web notify --ready-file "$scratch/running" --notify-after "$scratch/go"
    systemctl start amphid@web &
    start=$!
    await 'the service to run' test -e "$scratch/running"
    expect_properties web ActiveState=activating SubState=start
    expect_runs "$start"
    : >"$scratch/go"
    wait "$start" || fail 'systemctl start failed'
    expect_properties web ActiveState=active SubState=running
}

case_show_tells_the_truth() {
    local launcher
    configure_helper web notify --status 'serving 3 of 4' --notify
    expect_code 0 systemctl start amphid@web
    launcher=$(property web MainPID)
    expect_properties web Type=notify NotifyAccess=main KillMode=mixed Restart=on-failure \
        Result=success NRestarts=0
    expect_match 'StatusText' "$(property web StatusText)" 'serving 3 of 4'
    expect_equal 'program of MainPID' "$(readlink "/proc/$launcher/exe")" /usr/local/bin/amphid
    expect_equal 'pid file' "$(cat /run/amphid/web/pid)" "$launcher"
    expect_state web mode=foreground state=running launcher.pid="$launcher" \
        unit=amphid@web.service manager=system invocation-id="$(property web InvocationID)"
    expect_match 'parent of the service' "$(ps -o ppid= -p "$(state_of web main.pid)")" "^ *$launcher\$"
}

case_status_text_says_something_by_itself() {
    configure_helper web exec
    expect_code 0 systemctl start amphid@web
    expect_match 'StatusText' "$(property web StatusText)" '[a-z]'
}

case_exit_before_ready_fails_the_start() {
    configure_helper web notify --stderr 'cannot bind port 80' --exit 7
    forbid_restart web
    expect_code 1 systemctl start amphid@web
    expect_properties web ActiveState=failed Result=exit-code ExecMainCode=1 ExecMainStatus=7
    expect_match 'the journal' "$(read_journal)" 'cannot bind port 80'
    [[ ! -e /run/amphid/web/pid ]] || fail 'the pid file is still there'
}

case_signal_before_ready_fails_the_start() {
    configure_helper web notify --die SEGV
    forbid_restart web
    expect_code 1 systemctl start amphid@web
    expect_properties web ActiveState=failed Result=signal ExecMainStatus=11
}

case_end_without_ready_fails_the_start() {
    configure_helper web notify --exit 0
    forbid_restart web
    expect_code 1 systemctl start amphid@web
    expect_properties web ActiveState=failed
    [[ $(property web Result) != success ]] || fail 'Result is success'
}

case_timeout_before_ready_fails_the_start() {
    configure_helper web notify
    echo 'timeout-start-sec = "500ms"' >>/etc/amphid/web.toml
    forbid_restart web
    expect_code 1 systemctl start amphid@web
    expect_properties web ActiveState=failed
    expect_match 'Result' "$(property web Result)" '^(exit-code|timeout)$'
    expect_match 'the journal' "$(read_journal)" 'no READY=1 within 500ms'
    nothing_left || fail "left: $(list_left)"
}

case_stop_during_the_start_ends_it() {
    local start
    configure_helper web notify --ready-file "$scratch/running"
    echo 'timeout-start-sec = "infinity"' >>/etc/amphid/web.toml
    forbid_restart web
    systemctl start amphid@web &
    start=$!
    await 'the service to run' test -e "$scratch/running"
    expect_code 0 systemctl stop amphid@web
    if wait "$start"; then fail 'systemctl start succeeded'; fi
    nothing_left || fail "left: $(list_left)"
}

case_missing_program_is_exit_5() {
    configure web <<<$'[service]\nexec-start = "/no/such/program"'
    forbid_restart web
    expect_code 1 systemctl start amphid@web
    expect_properties web Result=exit-code ExecMainStatus=5
    expect_match 'the journal' "$(read_journal)" 'cannot execute /no/such/program'
}

case_missing_interpreter_is_exit_203() {
    printf '#!/no/such/interpreter\n' >"$scratch/script"
    chmod +x "$scratch/script"
    configure web <<<$'[service]\nexec-start = "/run/case/script"'
    forbid_restart web
    expect_code 1 systemctl start amphid@web
    expect_properties web Result=exit-code ExecMainStatus=203
}

case_wrong_configuration_is_exit_6() {
    configure web <<<$'[service]\nexec-start = "/bin/true"\nrestrat = "always"'
    forbid_restart web
    expect_code 1 systemctl start amphid@web
    expect_properties web Result=exit-code ExecMainStatus=6
    expect_match 'the journal' "$(read_journal)" "web.toml:3:1: error: unknown key 'restrat'"
}

# The unit would give up after a second; the file allows half a minute, and systemd is told so.
case_start_asks_for_the_time_it_needs() {
    local start
    configure_helper web notify --notify-after "$scratch/go"
    echo 'timeout-start-sec = "30s"' >>/etc/amphid/web.toml
    drop_in web <<<$'[Service]\nRestart=no\nTimeoutStartSec=1'
    systemctl start amphid@web &
    start=$!
    await 'the time of the unit to be over' is_older_than web 1500000
    expect_properties web SubState=start
    : >"$scratch/go"
    wait "$start" || fail 'systemctl start failed'
}

# is_older_than NAME USEC: its main process was started longer ago than that
is_older_than() {
    local began now
    began=$(property "$1" ExecMainStartTimestampMonotonic)
    now=$(awk '{ printf "%.0f", $1 * 1000000 }' /proc/uptime)
    ((began > 0 && now - began > $2))
}
