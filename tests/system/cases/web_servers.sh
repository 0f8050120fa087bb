#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# nginx and haproxy: reloads and upgrades that leave nobody waiting. What every real service is asked
# stands in real_services.sh.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

workers() {
    pgrep -P "$(</run/nginx.pid)" | sort
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
    kill -USR2 "$main"
    await 'the new master' names_another_master "$main"
    await 'its workers' has_workers
    kill -QUIT "$main"
    await "the end of the old master" is_gone "$main"
    await 'the new main process' has_state "$name" main.pid="$(</run/nginx.pid)"
    expect_state "$name" state=running restarts=0
    expect_equal 'answer' "$(fetch)" 'HTTP/1.1 200 OK'
    main=$(</run/nginx.pid)
    expect_code 0 "$command" reload "$who"
    expect_state "$name" main.pid="$main" state=running reload.ok=true
    expect_stopped "$name" "$command" "$who" 80
}

names_another_master() {
    [[ -s /run/nginx.pid && $(</run/nginx.pid) != "$1" ]]
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
