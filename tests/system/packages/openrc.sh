#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# The service script of `amphid unit --format=openrc` on a machine with OpenRC.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

step_install() {
    expect_code 0 dpkg -i /root/packages/amphid.deb
    serve web '[unit]' 'description = "Demo web server"' 'after = ["network-online.target"]' \
        'wants = ["network-online.target"]'
    amphid unit --format=openrc web >/etc/init.d/web
    chmod 755 /etc/init.d/web
    expect_code 0 rc-update add web default
}

step_actions() {
    expect_code 3 rc-service web status
    expect_code 0 rc-service web start
    expect_code 0 rc-service web status
    expect_match 'status' "$output" 'Active: running'
    expect_code 0 rc-service web start
    expect_code 0 rc-service web reload
    await 'the service to reload' grep -q again "$scratch/reloads"
    remember main "$(state_of web main.pid)"
    expect_code 0 rc-service web restart
    expect_gone "$(recall main)"
    expect_code 0 rc-service web status
    expect_equal 'mode of a daemon' "$(state_of web mode)" daemon
    expect_code 0 rc-service web stop
    expect_code 3 rc-service web status
    expect_match 'rc-service describe' "$(rc-service web describe 2>&1)" 'Demo web server'
}

# reboot

step_started_at_boot() {
    await 'web to be started at boot' rc-service web status
    kill -KILL "$(state_of web main.pid)"
    await 'the end of the service' has_state web state=failed
    expect_code 3 rc-service web status
    expect_code 0 rc-service web restart
    expect_code 0 rc-service web status
    expect_code 0 rc-service web stop
    expect_code 3 rc-service web status
}

step_failed_start_is_a_failure() {
    printf '%s\n' '[service]' 'exec-start = "/usr/local/bin/helper serve --exit 7"' 'type = "notify"' \
        >/etc/amphid/web.toml
    expect_code 1 rc-service web start
    expect_match 'what it says' "$output" 'exited with code 7'
}

step_purge() {
    serve web
    expect_code 0 rc-service web start
    expect_code 0 dpkg --purge amphid
    expect_equal 'processes' "$(list_processes)" ''
    rm -r /etc/amphid # configurations are the administrator's
    expect_equal 'what is left' "$(list_traces)" ''
}
