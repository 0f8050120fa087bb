#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# The types forking and oneshot in both lifecycles: what `systemctl` and `amphid` say of them.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

# configure_forking PID-FILE: a textbook daemon. With a PID-FILE it names its main process there and
# has a child beside it; without, its one process is the main process.
configure_forking() {
    local daemon=(--exit-on TERM:0 --append "$scratch/starts")
    if [[ -n $1 ]]; then daemon+=(--child '{' '}'); fi
    configure_helper web forking --remove "$scratch/daemon" --child-orphan '{' "${daemon[@]}" \
        --ready-file "$scratch/daemon" '}' --await "$scratch/daemon" --exit 0
    if [[ -n $1 ]]; then echo "pid-file = \"$1\"" >>/etc/amphid/web.toml; fi
}

last_start() {
    tail -n 1 "$scratch/starts"
}

# As a unit, of User= if one is given.
run_forking_unit() {
    local pid_file=$1 user=${2:-root} main
    configure_forking "$pid_file"
    drop_in web <<<$'[Service]\nRestartSec=0\nUser='"$user"
    expect_code 0 systemctl start amphid@web
    main=$(last_start)
    expect_state web state=running mode=foreground main.pid="$main"
    expect_properties web ActiveState=active SubState=running
    expect_equal 'pid file' "$(cat /run/amphid/web/pid)" "$(property web MainPID)"
    expect_equal 'user of the daemon' "$(ps -o user= -p "$main")" "$user"
    kill -KILL "$main"
    await 'a restart by systemd' has_property web NRestarts=1
    await 'the daemon to run again' has_property web SubState=running
    expect_equal 'number of starts' "$(wc -l <"$scratch/starts")" 2
    expect_state web main.pid="$(last_start)"
    expect_code 0 systemctl stop amphid@web
    expect_properties web ActiveState=inactive Result=success
    nothing_left || fail "left: $(list_left)"
}

case_forking_as_a_unit() {
    run_forking_unit ''
}

case_forking_with_pid_file_as_a_unit() {
    run_forking_unit "$scratch/daemon"
}

case_forking_as_a_unit_of_a_user() {
    make_tester
    run_forking_unit '' tester
}

case_forking_with_pid_file_as_a_unit_of_a_user() {
    make_tester
    run_forking_unit "$scratch/daemon" tester
}

run_forking_daemon() {
    local main launcher
    configure_forking "$1"
    printf 'restart = "on-failure"\nrestart-sec = 0\n' >>/etc/amphid/web.toml
    expect_code 0 amphid start web
    main=$(last_start)
    launcher=$(state_of web launcher.pid)
    expect_state web state=running mode=daemon main.pid="$main"
    expect_code 0 amphid status web
    kill -KILL "$main"
    await 'our restart' has_state web restarts=1
    await 'the daemon to run again' has_state web state=running
    expect_state web launcher.pid="$launcher" main.pid="$(last_start)"
    expect_equal 'number of starts' "$(wc -l <"$scratch/starts")" 2
    expect_gone "$main"
    expect_code 0 amphid stop web
    nothing_left || fail "left: $(list_left)"
    expect_code 3 amphid status web
}

case_forking_as_a_daemon() {
    run_forking_daemon ''
}

case_forking_with_pid_file_as_a_daemon() {
    run_forking_daemon "$scratch/daemon"
}

case_forking_that_fails_says_so() {
    configure_helper web forking --stderr 'no such zone' --exit 4
    forbid_restart web
    expect_code 1 systemctl start amphid@web
    expect_properties web ActiveState=failed Result=exit-code ExecMainStatus=4
    expect_match 'the journal' "$(read_journal)" 'no such zone'
    expect_code 1 amphid start web
    expect_match 'what it says' "$output" 'no such zone'
    expect_state web state=failed result=exit-code
}

# configure_oneshot REMAIN STEP...
configure_oneshot() {
    configure_helper web oneshot "${@:2}"
    cat >>/etc/amphid/web.toml <<TOML
remain-after-exit = $1
exec-stop = [["/usr/local/bin/helper", "serve", "--append", "$scratch/stops", "--exit", "0"]]
TOML
}

case_oneshot_as_a_unit() {
    configure_oneshot false --append "$scratch/runs" --exit 0
    expect_code 0 systemctl start amphid@web
    expect_equal 'number of runs when the start returns' "$(wc -l <"$scratch/runs")" 1
    await 'the end of the unit' has_property web ActiveState=inactive
    expect_properties web Result=success ExecMainStatus=0 NRestarts=0
    expect_state web state=dead result=success
    nothing_left || fail "left: $(list_left)"
}

case_oneshot_that_remains_as_a_unit() {
    configure_oneshot true --append "$scratch/runs" --exit 0
    expect_code 0 systemctl start amphid@web
    expect_code 0 systemctl is-active amphid@web
    expect_state web state=exited main.pid=0
    expect_code 0 amphid status web
    [[ ! -e $scratch/stops ]] || fail 'it was stopped already'
    expect_code 0 systemctl stop amphid@web
    expect_equal 'number of stops' "$(wc -l <"$scratch/stops")" 1
    expect_equal 'number of runs' "$(wc -l <"$scratch/runs")" 1
    expect_properties web ActiveState=inactive Result=success
}

case_oneshot_that_fails_as_a_unit() {
    configure_oneshot true --stderr 'disk on fire' --exit 5
    forbid_restart web
    expect_code 1 systemctl start amphid@web
    expect_properties web ActiveState=failed Result=exit-code ExecMainStatus=5
    expect_match 'the journal' "$(read_journal)" 'disk on fire'
    [[ ! -e $scratch/stops ]] || fail 'exec-stop was run'
}

case_oneshot_as_a_daemon() {
    configure_oneshot false --append "$scratch/runs" --exit 0
    expect_code 0 amphid start web
    expect_equal 'number of runs when the start returns' "$(wc -l <"$scratch/runs")" 1
    await 'the end of the launcher' nothing_left
    expect_state web state=dead result=success
    expect_code 3 amphid status web
    expect_code 0 amphid start web
    expect_equal 'number of runs' "$(wc -l <"$scratch/runs")" 2
}

case_oneshot_that_remains_as_a_daemon() {
    configure_oneshot true --append "$scratch/runs" --exit 0
    expect_code 0 amphid start web
    expect_state web state=exited mode=daemon
    expect_code 0 amphid status web
    expect_code 0 amphid start web
    expect_match 'what it says' "$output" 'already running'
    expect_code 0 amphid stop web
    expect_equal 'number of runs' "$(wc -l <"$scratch/runs")" 1
    expect_equal 'number of stops' "$(wc -l <"$scratch/stops")" 1
    expect_code 3 amphid status web
}

case_oneshot_that_fails_as_a_daemon() {
    configure_oneshot true --stderr 'disk on fire' --exit 5
    expect_code 1 amphid start web
    expect_match 'what it says' "$output" 'disk on fire'
    expect_state web state=failed result=exit-code exit.status=5
    expect_code 3 amphid status web
    [[ ! -e $scratch/stops ]] || fail 'exec-stop was run'
}
