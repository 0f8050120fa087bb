#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# OpenRC's supervise-daemon above us, told of readiness by its two ways: a NOTIFY_SOCKET of its own, and
# a newline on a descriptor.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

# supervise NOTIFY [OPTION...]: the service script web, whose supervisor waits for that.
supervise() {
    local notify=$1
    shift
    rm -f /run/openrc/supervise-web.sock # it outlives its supervise-daemon, and the next one cannot bind it
    cat >/etc/init.d/web <<SCRIPT
#!/sbin/openrc-run
supervisor=supervise-daemon
command=/usr/bin/amphid
command_args="run $* web"
notify=$notify
respawn_delay=0
respawn_max=3
SCRIPT
    chmod 755 /etc/init.d/web
}

# A service that is ready when the file `go` is there.
serve_slowly() {
    rm -f "$scratch/go"
    configure web <<TOML
[service]
type = "notify"
exec-start = ["/usr/local/bin/helper", "serve", "--append", "$scratch/starts", "--notify-after", "$scratch/go"]
restart = "on-failure"
restart-sec = 0

[ready]
delay-sec = 0
TOML
}

# The starting command waits as long as the service is not ready, and no longer.
check_start() {
    local starter
    serve_slowly
    rc-service web start >"$scratch/start.log" 2>&1 &
    starter=$!
    await 'the service to wait for its file' has_state web state=start
    expect_runs "$starter"
    : >"$scratch/go"
    wait "$starter" || fail "rc-service start: exit code $?: $(cat "$scratch/start.log")"
    expect_state web mode=foreground state=running unit= manager=
    expect_code 0 rc-service web status
    expect_code 0 amphid status web
}

check_restart_and_stop() {
    local launcher main
    launcher=$(state_of web launcher.pid)
    main=$(state_of web main.pid)
    kill -KILL "$main"
    await 'the next service' has_state web restarts=1
    await 'the service to be ready again' has_state web state=running
    expect_equal 'the launcher, which restarts by itself' "$(state_of web launcher.pid)" "$launcher"
    expect_code 0 rc-service web stop
    expect_equal 'processes' "$(list_processes)" ''
    expect_code 3 rc-service web status
}

step_install() {
    expect_code 0 dpkg -i /root/packages/amphid.deb
}

step_ready_by_socket() {
    supervise socket:ready
    check_start
    check_restart_and_stop
}

step_ready_by_descriptor() {
    supervise fd:5 --notify-fd 5
    check_start
    check_restart_and_stop
}

is_started_again() {
    local now
    now=$(state_of web main.pid)
    [[ $now =~ ^[1-9] && $now != "$1" && $(state_of web state) == running ]]
}

# The service has died with its launcher, and supervise-daemon starts both again: there is no second
# copy. (Not by descriptor: supervise-daemon 0.64 closes its end of the pipe after the first start, and
# each later one fails with "failed to dup ready fd", whatever program it starts.)
step_killed_launcher_makes_no_second_copy() {
    local main
    supervise socket:ready
    : >"$scratch/starts"
    check_start
    main=$(state_of web main.pid)
    kill -KILL "$(state_of web launcher.pid)"
    await 'supervise-daemon to start it again' is_started_again "$main"
    expect_gone "$main"
    expect_equal 'starts of the service' "$(wc -l <"$scratch/starts")" 2
    rc-service web stop >/dev/null 2>&1 || :
    expect_code 0 amphid stop web
    expect_equal 'processes' "$(list_processes)" ''
}

step_failed_start_is_a_failure() {
    configure web <<'TOML'
[service]
type = "notify"
exec-start = ["/usr/local/bin/helper", "serve", "--exit", "7"]
TOML
    local code=0
    rc-service web start >"$scratch/start.log" 2>&1 || code=$?
    rc-service web stop >/dev/null 2>&1 || :
    ((code != 0)) || fail "a start that failed is none: $(cat "$scratch/start.log")"
    expect_equal 'processes' "$(list_processes)" ''
}
