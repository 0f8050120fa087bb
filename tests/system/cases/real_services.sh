#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# Real services in both lifecycles, from the very files of config/.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

# install_example NAME [CHANGE]: config/NAME.toml, changed by sed where a second form of it is tested
install_example() {
    sed -e "${2:-}" "/root/config/$1.toml" | configure "$1"
    drop_in "$1" <<UNIT
[Service]
RestartSec=0
KillMode=$(sed -n 's/^kill-mode = "\(.*\)"/\1/p' "/root/config/$1.toml")
UNIT
}

# in_both_lifecycles CASE NAME: as a daemon, then as a unit
in_both_lifecycles() {
    "$1" "$2" amphid "$2"
    "$1" "$2" systemctl "amphid@$2"
    expect_properties "$2" ActiveState=inactive Result=success
}

# await_restart NAME MAIN: until another main process serves
await_restart() {
    await "another main process of $1" has_new_main "$@"
    expect_gone "$2"
}

has_new_main() {
    local main
    main=$(state_of "$1" main.pid)
    [[ -n $main && $main != 0 && $main != "$2" ]] && has_state "$1" state=running
}

# expect_stopped NAME COMMAND WHO [PORT]
expect_stopped() {
    expect_code 0 "$2" stop "$3"
    nothing_left || fail "left: $(list_left)"
    expect_code 3 amphid status "$1"
    if [[ -n ${4:-} ]] && listens "$4"; then fail "port $4 is still open"; fi
}

listens() {
    (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# --- nginx ---------------------------------------------------------------------------------------

fetch() {
    local answer
    exec {web}<>/dev/tcp/127.0.0.1/80
    printf 'GET / HTTP/1.0\r\n\r\n' >&"$web"
    read -r answer <&"$web"
    exec {web}>&-
    echo "${answer%$'\r'}"
}

# --- cron ----------------------------------------------------------------------------------------

live_as_cron() {
    local name=$1 command=$2 who=$3 main
    expect_code 0 "$command" start "$who"
    await 'the pid file of cron' is_main_of_cron "$name"
    main=$(state_of "$name" main.pid)
    kill -KILL "$main"
    await_restart "$name" "$main"
    await 'the pid file of cron' is_main_of_cron "$name"
    expect_stopped "$name" "$command" "$who"
}

is_main_of_cron() {
    has_state "$1" main.pid="$(cat /run/crond.pid)"
}

case_cron() {
    install_example cron
    in_both_lifecycles live_as_cron cron
}

case_cron_that_forks() {
    install_example cron '/^type/s/.*/type = "forking"\npid-file = "\/run\/crond.pid"/; s/cron -f/cron/'
    in_both_lifecycles live_as_cron cron
}

# A job that runs is let finish.
case_cron_leaves_its_jobs_alone() {
    local job
    printf '%s\n' '#!/bin/sh' "echo \$\$ >$scratch/job" 'exec cat <'"$scratch/end" >"$scratch/work"
    chmod +x "$scratch/work"
    mkfifo "$scratch/end"
    echo "@reboot root $scratch/work" >/etc/cron.d/case
    rm -f /run/crond.reboot
    install_example cron
    expect_code 0 systemctl start amphid@cron
    await 'the job to run' test -s "$scratch/job"
    job=$(<"$scratch/job")
    expect_code 0 systemctl restart amphid@cron
    expect_runs "$job"
    expect_code 0 systemctl stop amphid@cron
    expect_runs "$job"
    : >"$scratch/end"
    await 'the end of the job' is_gone "$job"
    rm /etc/cron.d/case
}

# --- PostgreSQL ----------------------------------------------------------------------------------

# The example names Debian 13's version: an older one is linked to its name.
link_postgresql() {
    local version dir
    version=$(cd /usr/lib/postgresql && echo [0-9]*)
    for dir in /usr/lib /var/lib /etc; do
        [[ -e $dir/postgresql/17 ]] || ln -s "$version" "$dir/postgresql/17"
    done
}

install_postgresql() {
    link_postgresql
    install_example postgresql
}

query() {
    setpriv --reuid=postgres --regid=postgres --init-groups \
        /usr/lib/postgresql/17/bin/psql -h /run/postgresql -Atqc "$1" postgres
}

# A session that does nothing; left in $session, its backend in $backend.
open_session() {
    query 'select pg_sleep(3600)' >/dev/null 2>&1 &
    session=$!
    await 'the session' has_backend
}

has_backend() {
    backend=$(query "select pid from pg_stat_activity where query like '%sleep(3600)%'
        and pid <> pg_backend_pid()")
    [[ -n $backend ]]
}

live_as_postgresql() {
    local name=$1 command=$2 who=$3 main backends pid
    expect_code 0 "$command" start "$who"
    expect_equal 'answer' "$(query 'select 6 * 7')" 42 # at once: the start has told the truth
    main=$(state_of "$name" main.pid)
    expect_equal 'user' "$(ps -o user= -p "$main")" postgres
    open_session
    backends=$(pgrep -P "$main")
    kill -KILL "$main"
    wait "$session" || : # the server is gone from under it
    await_restart "$name" "$main"
    for pid in $backends; do expect_gone "$pid"; done
    expect_equal 'answer' "$(query 'select 6 * 7')" 42
    open_session
    main=$(state_of "$name" main.pid)
    expect_stopped "$name" "$command" "$who"
    if wait "$session"; then fail 'the session ended well'; fi
    expect_state "$name" exit.kind=exited exit.status=0 result=success
}

case_postgresql() {
    install_postgresql
    in_both_lifecycles live_as_postgresql postgresql
}

# The stop of what a killed launcher left is as gentle as any other.
case_postgresql_outlives_its_launcher() {
    install_postgresql
    expect_code 0 amphid start postgresql
    kill_launcher postgresql
    expect_equal 'answer' "$(query 'select 6 * 7')" 42
    expect_stopped postgresql amphid postgresql
    expect_match "PostgreSQL's last words" "$(tail -n 5 /var/log/postgresql/*.log; read_journal)" \
        'database system is shut down'
}

# --- sshd ----------------------------------------------------------------------------------------

prepare_login() {
    ssh-keygen -q -t ed25519 -N '' -f "$scratch/key"
    install -d -m 700 ~/.ssh
    cp "$scratch/key.pub" ~/.ssh/authorized_keys
}

# login: a session that echoes; left in the coprocess `login`
login() {
    coproc login {
        exec ssh -i "$scratch/key" -o BatchMode=yes -o StrictHostKeyChecking=no \
            -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR root@127.0.0.1 cat
    }
    expect_echo 'a first word'
}

expect_echo() {
    local answer=
    echo "$1" >&"${login[1]}"
    read -rt "$deadline" answer <&"${login[0]}" || :
    expect_equal 'answer of the session' "$answer" "$1"
}

logout() {
    local pid=$login_PID
    eval "exec ${login[1]}>&-"
    wait "$pid" || fail 'the session failed'
}

live_as_sshd() {
    local name=$1 command=$2 who=$3 main
    expect_code 0 "$command" start "$who"
    login
    main=$(state_of "$name" main.pid)
    expect_code 0 "$command" reload "$who"
    await 'sshd after the reload' listens 22
    expect_state "$name" main.pid="$main" state=running
    expect_echo 'after a reload'
    expect_code 0 "$command" restart "$who"
    expect_gone "$main"
    expect_echo 'after a restart'
    main=$(state_of "$name" main.pid)
    kill -KILL "$main"
    await_restart "$name" "$main"
    expect_echo 'after a death'
    expect_code 0 "$command" stop "$who"
    expect_echo 'after a stop'
    if listens 22; then fail 'port 22 is still open'; fi
    expect_code 3 amphid status "$name"
    logout
    await 'the end of the session' nothing_left
}

case_sshd() {
    install_example sshd
    prepare_login
    in_both_lifecycles live_as_sshd sshd
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

# count_cron NUMBER
count_cron() {
    expect_equal 'number of crons' "$(pgrep -cx cron)" "$1"
}

case_cron_as_shipped_and_a_killed_launcher() {
    install_shipped cron.service
    live_as_shipped count_cron
    nothing_left || fail "left: $(list_left)"
}

# count_sshd NUMBER: listeners, beside the session that goes on whatever happens.
count_sshd() {
    expect_equal 'number of listeners' "$(pgrep -cf '^sshd: .*\[listener\]')" "$1"
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
