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

workers() {
    pgrep -P "$(content_of /run/nginx.pid)" | sort
}

have_changed() {
    [[ $(workers) != "$1" ]]
}

# A worker calls itself a master until it has got as far as its own name.
has_one_master() {
    [[ $(pgrep -cf '^nginx: master') == 1 ]]
}

live_as_nginx() {
    local name=$1 command=$2 who=$3 main before
    expect_code 0 "$command" start "$who"
    main=$(</run/nginx.pid)
    expect_state "$name" main.pid="$main" state=running
    expect_equal 'answer' "$(fetch)" 'HTTP/1.1 200 OK'
    before=$(workers)
    expect_code 0 "$command" reload "$who"
    await 'new workers' have_changed "$before"
    expect_state "$name" main.pid="$main" state=running reload.ok=true
    kill -KILL "$main" # its workers, which have the port, live on
    await_restart "$name" "$main"
    expect_equal 'answer' "$(fetch)" 'HTTP/1.1 200 OK'
    expect_equal 'pid file of nginx' "$(</run/nginx.pid)" "$(state_of "$name" main.pid)"
    await 'one master of nginx' has_one_master
    expect_stopped "$name" "$command" "$who" 80
}

case_nginx() {
    install_example nginx
    in_both_lifecycles live_as_nginx nginx
}

case_nginx_reloads_on_hup() {
    install_example nginx 's/^exec-reload.*/reload-signal = "SIGHUP"/'
    in_both_lifecycles live_as_nginx nginx
}

# The binary upgrade of nginx's manual: USR2 makes another master, QUIT ends the old one.
upgrade_nginx() {
    local name=$1 command=$2 who=$3 main
    expect_code 0 "$command" start "$who"
    main=$(</run/nginx.pid)
    await 'its workers' has_workers # before them nginx keeps a signal until the next one
    kill -USR2 "$main"
    await 'the new master' names_another_master "$main"
    await 'its workers' has_workers
    kill -QUIT "$main"
    await "the end of the old master" is_gone "$main"
    await 'the new main process' has_state "$name" main.pid="$(content_of /run/nginx.pid)"
    expect_state "$name" state=running restarts=0
    expect_equal 'answer' "$(fetch)" 'HTTP/1.1 200 OK'
    main=$(</run/nginx.pid)
    expect_code 0 "$command" reload "$who"
    expect_state "$name" main.pid="$main" state=running reload.ok=true
    expect_stopped "$name" "$command" "$who" 80
}

names_another_master() {
    local now
    now=$(content_of /run/nginx.pid)
    [[ -n $now && $now != "$1" ]]
}

has_workers() {
    [[ -n $(workers) ]]
}

case_nginx_upgrades_its_binary() {
    install_example nginx
    in_both_lifecycles upgrade_nginx nginx
}

case_nginx_outlives_its_launcher() {
    local main
    install_example nginx
    expect_code 0 amphid start nginx
    main=$(</run/nginx.pid)
    kill_launcher nginx
    expect_equal 'answer' "$(fetch)" 'HTTP/1.1 200 OK'
    expect_code 0 amphid start nginx
    expect_state nginx main.pid="$main" state=running
    expect_code 0 amphid reload nginx
    kill -KILL "$main" # no child of the new launcher
    await_restart nginx "$main"
    expect_equal 'answer' "$(fetch)" 'HTTP/1.1 200 OK'
    kill_launcher nginx
    expect_stopped nginx amphid nginx 80
}

case_nginx_with_a_wrong_file_says_so() {
    install_example nginx
    echo 'wrong;' >/etc/nginx/conf.d/wrong.conf
    forbid_restart nginx
    expect_code 1 amphid start nginx
    expect_match 'what it says' "$output" 'exec-start-pre.*unknown directive "wrong"'
    expect_code 1 systemctl start amphid@nginx
    expect_match 'the journal' "$(read_journal)" 'unknown directive "wrong"'
    rm /etc/nginx/conf.d/wrong.conf
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
