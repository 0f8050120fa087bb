#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# Death and restart: systemd's, as the unit says, and ours in daemon mode.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

restart_at_once() {
    drop_in "$1" <<<$'[Service]\nRestartSec=0'
}

case_crash_is_restarted_by_systemd() {
    local main
    configure_helper web notify --notify
    restart_at_once web
    expect_code 0 systemctl start amphid@web
    main=$(state_of web main.pid)
    kill -SEGV "$main"
    await 'a restart by systemd' has_property web NRestarts=1
    await 'the service to run again' has_property web SubState=running
    expect_gone "$main"
    expect_equal 'pid file' "$(cat /run/amphid/web/pid)" "$(property web MainPID)"
    expect_state web restarts=0 state=running
}

case_killed_launcher_takes_its_service_along() {
    local main launcher
    configure_helper web notify --notify
    restart_at_once web
    expect_code 0 systemctl start amphid@web
    main=$(state_of web main.pid)
    launcher=$(property web MainPID)
    kill -KILL "$launcher"
    await 'a restart by systemd' has_property web NRestarts=1
    await 'the service to run again' has_property web SubState=running
    expect_gone "$main"
    expect_equal 'number of services' "$(pgrep -cf '^/usr/local/bin/helper serve')" 1
}

case_exit_status_is_the_services() {
    local main
    configure_helper web notify --exit-on USR1:23 --notify
    forbid_restart web
    expect_code 0 systemctl start amphid@web
    main=$(state_of web main.pid)
    kill -USR1 "$(cat /run/amphid/web/pid)" # forwarded to the service
    await 'the end of the unit' has_property web ActiveState=failed
    expect_properties web Result=exit-code ExecMainStatus=23
    expect_gone "$main"
}

case_clean_exit_is_not_restarted() {
    configure_helper web notify --exit-on USR1:0 --notify
    expect_code 0 systemctl start amphid@web
    kill -USR1 "$(cat /run/amphid/web/pid)"
    await 'the end of the unit' has_property web ActiveState=inactive
    expect_properties web Result=success NRestarts=0
}

case_systemds_start_limit_ends_it() {
    configure_helper web notify --exit 3
    drop_in web <<<$'[Unit]\nStartLimitBurst=3\nStartLimitIntervalSec=60\n[Service]\nRestartSec=0'
    expect_code 1 systemctl start amphid@web
    await 'systemd to give up' has_property web SubState=failed
    expect_properties web NRestarts=3
}

case_different_restart_is_warned_about() {
    configure_helper web notify --notify
    echo 'restart = "always"' >>/etc/amphid/web.toml
    expect_code 0 systemctl start amphid@web
    expect_match 'the journal' "$(read_journal)" 'Restart='
    expect_code 0 systemctl stop amphid@web
}

case_daemon_restarts_its_service_itself() {
    local main launcher
    configure_helper web notify --notify
    printf 'restart = "on-failure"\nrestart-sec = 0\n' >>/etc/amphid/web.toml
    expect_code 0 amphid start web
    main=$(state_of web main.pid)
    launcher=$(state_of web launcher.pid)
    kill -KILL "$main"
    await 'our restart' has_state web restarts=1
    await 'the service to run again' has_state web state=running
    expect_state web launcher.pid="$launcher" mode=daemon
    expect_gone "$main"
    expect_equal 'pid file' "$(cat /run/amphid/web/pid)" "$launcher"
}
