#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# Real services with ways of their own: another main process at each reload, messages about reloads
# that nobody asked for, children that outlive them on purpose.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

# --- haproxy -------------------------------------------------------------------------------------

# Its hook sends a signal and ends; RELOADING=1 and READY=1 come from the service afterwards. Each
# signal waits until the last one is through: two that come together are one reload to haproxy.
reload_haproxy() {
    local name=$1 command=$2 who=$3 main before round
    expect_code 0 "$command" start "$who"
    main=$(state_of "$name" main.pid)
    for round in 1 2 3; do
        before=$(newest_worker "$main")
        # It says READY=1 a moment before it handles the next signal.
        await 'haproxy to handle SIGUSR2' handles_usr2 "$main"
        expect_code 0 "$command" reload "$who"
        expect_state "$name" main.pid="$main" state=running reload.ok=true
        [[ $(newest_worker "$main") != "$before" ]] ||
            fail "reload $round has returned before the new worker was there"
        before=$(newest_worker "$main")
        await 'haproxy to handle SIGUSR2' handles_usr2 "$main"
        kill -USR2 "$main" # as a log rotation might
        await 'the reload that it announced itself' has_state "$name" state=running \
            reload.serial="$((2 * round))" reload.begun="$((2 * round))"
        [[ $(newest_worker "$main") != "$before" ]] ||
            fail "its own reload $round counts before the new worker was there"
    done
    expect_stopped "$name" "$command" "$who"
}

newest_worker() {
    pgrep -P "$1" | sort -n | tail -n 1
}

handles_usr2() {
    local mask
    mask=$(awk '/^SigCgt/ { print $2 }' "/proc/$1/status")
    ((16#$mask & 0x800))
}

case_haproxy_reloads_again_and_again() {
    cat >"$scratch/haproxy.cfg" <<'CONFIG'
defaults
    mode http
    timeout client 1s
    timeout server 1s
    timeout connect 1s
frontend web
    bind 127.0.0.1:8099
    http-request return status 200
CONFIG
    configure haproxy <<CONFIG
[service]
type = "notify"
exec-start = ["/usr/sbin/haproxy", "-Ws", "-f", "$scratch/haproxy.cfg"]
exec-reload = ["/bin/kill -USR2 \$MAINPID"]
kill-mode = "mixed"
success-exit-status = [143]
CONFIG
    in_both_lifecycles reload_haproxy haproxy
}

# --- cron and sshd as Debian ships their units -----------------------------------------------------

# install_shipped UNIT: native.service, generated from what the import makes of Debian's own unit.
# systemd itself is to end nothing but the launcher.
install_shipped() {
    amphid import "/usr/lib/systemd/system/$1" 2>/dev/null >/etc/amphid/native.toml
    expect_match 'the import' "$(</etc/amphid/native.toml)" 'kill-mode = "process"'
    sed -i 's/^kill-mode.*/&\nsend-sigkill = false/; s/^alias.*//' /etc/amphid/native.toml
    amphid unit native | native
    expect_equal 'KillMode of the unit' "$(systemctl show --value -p KillMode native)" process
}

# kill_launcher_of_unit: kill -9; systemd starts another beside which nothing of the old one serves.
kill_launcher_of_unit() {
    local main restarts
    main=$(state_of native main.pid)
    restarts=$(systemctl show --value -p NRestarts native)
    kill -KILL "$(systemctl show --value -p MainPID native)"
    await 'a restart by systemd' is_restarted $((restarts + 1))
    expect_gone "$main"
    expect_state native mode=foreground state=running restarts=0
}

is_restarted() {
    [[ $(systemctl show -p NRestarts -p SubState native | sort | paste -sd' ') == "NRestarts=$1 SubState=running" ]]
}

# kill_launcher_for_good: the same where systemd does not restart it.
kill_launcher_for_good() {
    local main
    mkdir -p /run/systemd/system/native.service.d
    printf '[Service]\nRestart=no\n' >/run/systemd/system/native.service.d/case.conf
    systemctl daemon-reload
    main=$(state_of native main.pid)
    kill -KILL "$(systemctl show --value -p MainPID native)"
    await 'systemd to see it' is_failed
    await 'the end of the service' is_gone "$main"
    rm -r /run/systemd/system/native.service.d
    systemctl daemon-reload
}

is_failed() {
    [[ $(systemctl show --value -p ActiveState native) == failed ]]
}

# live_as_shipped CHECK: a launcher that is killed again and again, then for good.
live_as_shipped() {
    local check=$1
    expect_code 0 systemctl start native
    "$check" 1
    kill_launcher_of_unit
    "$check" 1
    kill_launcher_of_unit
    "$check" 1
    expect_code 0 systemctl restart native
    "$check" 1
    kill_launcher_for_good
    expect_code 0 systemctl stop native
    "$check" 0
    expect_code 0 systemctl start native
    kill_launcher_for_good
    expect_code 0 amphid start native # a daemon of its own, which takes nothing over
    expect_state native mode=daemon state=running
    "$check" 1
    expect_code 0 amphid stop native
    "$check" 0
}

are_crons() {
    [[ $(pgrep -cx cron) == "$1" ]]
}

# count_cron NUMBER
count_cron() {
    await "$1 crons" are_crons "$1"
}

case_cron_as_shipped_and_a_killed_launcher() {
    install_shipped cron.service
    live_as_shipped count_cron
    nothing_left || fail "left: $(list_left)"
}

are_listeners() {
    [[ $(pgrep -cf '^sshd: .*\[listener\]') == "$1" ]]
}

# count_sshd NUMBER: listeners, beside the session that goes on whatever happens. sshd gives itself
# its title after it has said that it is ready.
count_sshd() {
    await "$1 listeners of sshd" are_listeners "$1"
    if (($1)); then listens 22; else ! listens 22; fi || fail "port 22 with $1 listeners"
    [[ -z ${login_PID:-} ]] || expect_echo "with $1 listeners"
}

case_sshd_as_shipped_and_a_killed_launcher() {
    install_shipped ssh.service
    prepare_login
    expect_code 0 systemctl start native
    login
    live_as_shipped count_sshd
    logout
    await 'the end of the session' nothing_left
}

# --- php-fpm ---------------------------------------------------------------------------------------

# Its reload executes it anew, and it forks again: another main process each time, by its pid file.
live_as_php_fpm() {
    local name=$1 command=$2 who=$3 main
    expect_code 0 "$command" start "$who"
    for _ in 1 2 3; do
        main=$(state_of "$name" main.pid)
        expect_equal 'main process' "$main" "$(</run/php/php8.2-fpm.pid)"
        expect_code 0 "$command" reload "$who"
        await 'its next main process' has_new_main "$name" "$main"
        expect_state "$name" restarts=0 reload.ok=true
        await 'the end of the old one' is_gone "$main"
    done
    main=$(state_of "$name" main.pid)
    kill -KILL "$main"
    await_restart "$name" "$main"
    expect_equal 'main process' "$(state_of "$name" main.pid)" "$(</run/php/php8.2-fpm.pid)"
    expect_stopped "$name" "$command" "$who"
}

if [[ -x /usr/sbin/php-fpm8.2 ]]; then # one Debian's tree has it
    case_php_fpm_that_forks_is_followed() {
        configure php-fpm <<'TOML'
[service]
type = "forking"
pid-file = "/run/php/php8.2-fpm.pid"
exec-start = ["/usr/sbin/php-fpm8.2", "--daemonize", "--fpm-config", "/etc/php/8.2/fpm/php-fpm.conf"]
exec-reload = ["/bin/kill -USR2 $MAINPID"]
restart = "on-failure"
restart-sec = 0
TOML
        drop_in php-fpm <<<$'[Service]\nRestartSec=0'
        in_both_lifecycles live_as_php_fpm php-fpm
    }
fi
