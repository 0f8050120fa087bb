#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# The init script of `amphid unit --format=sysv` on a machine with sysvinit, by LSB's rules.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

script=/etc/init.d/web

step_install() {
    expect_code 0 dpkg -i /root/packages/amphid.deb
    serve web '[unit]' 'description = "Demo web server"' 'after = ["network-online.target"]'
    amphid unit --format=sysv web >"$script"
    chmod 755 "$script"
    expect_code 0 update-rc.d web defaults
    [[ -e /etc/rc2.d/S01web || -n $(ls /etc/rc2.d/S*web) ]] || fail 'not in runlevel 2'
}

step_actions_have_lsbs_exit_codes() {
    expect_code 3 "$script" status
    expect_code 7 "$script" reload
    expect_code 0 "$script" stop
    expect_code 0 "$script" start
    expect_code 0 "$script" status
    expect_match 'status' "$output" 'Active: running'
    expect_code 0 "$script" start
    expect_code 0 "$script" reload
    await 'the service to reload' grep -q again "$scratch/reloads"
    remember main "$(state_of web main.pid)"
    expect_code 0 "$script" restart
    expect_gone "$(recall main)"
    expect_code 0 "$script" status
    expect_code 0 "$script" try-restart
    expect_code 0 "$script" force-reload
    expect_code 0 "$script" stop
    expect_code 3 "$script" status
    expect_code 0 "$script" try-restart
    expect_code 3 "$script" status
    expect_code 2 "$script" dance
    expect_equal 'mode of a daemon' "$(state_of web mode)" daemon
}

step_failures_have_lsbs_exit_codes() {
    local pid
    expect_code 0 "$script" start
    pid=$(state_of web main.pid)
    kill -KILL "$(state_of web launcher.pid)"
    await 'the end of the launcher' is_gone "$(state_of web launcher.pid)"
    kill -KILL "$pid" 2>/dev/null || :
    await 'the end of the service' is_gone "$pid"
    expect_code 1 "$script" status # dead, but the pid file exists
    expect_code 0 "$script" start
    cp /etc/amphid/web.toml "$scratch/web.toml"
    echo '[broken' >>/etc/amphid/web.toml
    expect_code 6 "$script" restart
    expect_code 0 "$script" status # not stopped for a file that cannot start it again
    cp "$scratch/web.toml" /etc/amphid/web.toml
    mv /usr/bin/amphid /usr/bin/amphid.away
    expect_code 5 "$script" start
    expect_code 4 "$script" status
    mv /usr/bin/amphid.away /usr/bin/amphid
    expect_code 0 "$script" stop
}

# reboot

step_started_at_boot() {
    await 'web to be started at boot' service web status
    kill -KILL "$(state_of web main.pid)"
    await 'the end of the service' has_state web state=failed
    expect_code 3 service web status
    expect_code 0 service web start
    expect_code 0 service web stop
    expect_code 3 service web status
}

step_upgrade_and_purge() {
    expect_code 0 service web start
    remember launcher "$(state_of web launcher.pid)"
    expect_code 0 dpkg -i /root/packages/next.deb
    expect_runs "$(recall launcher)"
    expect_code 0 service web status
    expect_code 0 dpkg --purge amphid
    expect_equal 'processes' "$(list_processes)" ''
    expect_code 5 service web start
    expect_code 0 service web stop
    rm -r /etc/amphid # configurations are the administrator's
    expect_equal 'what is left' "$(list_traces)" ''
}
