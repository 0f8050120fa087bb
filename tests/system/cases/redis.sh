#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# A real service that speaks the notify protocol, in both lifecycles.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

configure_redis() {
    configure cache <<TOML
[unit]
description = "Redis under test"

[service]
type = "notify"
exec-start = ["/usr/bin/redis-server", "--supervised", "systemd", "--daemonize", "no",
    "--port", "0", "--unixsocket", "$scratch/redis.sock", "--dir", "$scratch", "--save", ""]
restart = "on-failure"
restart-sec = "10ms"
TOML
}

ask_redis() {
    redis-cli -s "$scratch/redis.sock" "$@"
}

case_redis_as_a_unit() {
    local redis
    configure_redis
    expect_code 0 systemctl start amphid@cache
    expect_equal 'answer of redis' "$(ask_redis ping)" PONG # at once: the start has told the truth
    redis=$(ask_redis info server | sed -n 's/^process_id:\([0-9]*\).*/\1/p')
    expect_state cache main.pid="$redis" mode=foreground state=running
    expect_match 'StatusText' "$(property cache StatusText)" 'Ready to accept connections'
    drop_in cache <<<$'[Service]\nRestartSec=0'
    kill -KILL "$redis"
    await 'a restart by systemd' has_property cache NRestarts=1
    await 'redis to run again' has_property cache SubState=running
    expect_equal 'answer of redis' "$(ask_redis ping)" PONG
    expect_code 0 amphid stop cache
    expect_properties cache ActiveState=inactive Result=success
}

case_redis_as_a_daemon() {
    local redis
    configure_redis
    expect_code 0 amphid start cache
    expect_equal 'answer of redis' "$(ask_redis ping)" PONG
    redis=$(ask_redis info server | sed -n 's/^process_id:\([0-9]*\).*/\1/p')
    expect_state cache main.pid="$redis" mode=daemon state=running
    expect_match 'status-text' "$(state_of cache status-text)" 'Ready to accept connections'
    kill -KILL "$redis"
    await 'our restart' has_state cache restarts=1
    await 'redis to run again' has_state cache state=running
    expect_equal 'answer of redis' "$(ask_redis ping)" PONG
    redis=$(state_of cache main.pid)
    expect_code 0 amphid stop cache
    expect_gone "$redis"
    expect_code 3 amphid status cache
}
