#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# kill-mode beside systemd's own KillMode=: who survives a stop, and who was asked to end.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

family=(child child-session child-orphan main)

# write_family [STEP...]: the steps of a service of four processes, in $steps: each writes down its
# PID and what it hears; none ends by itself without further steps.
write_family() {
    local kind life
    steps=()
    for kind in "${family[@]}"; do
        life=(--log-signals "$scratch/heard.$kind" "$@" --ready-file "$scratch/pid.$kind")
        if [[ $kind == main ]]; then
            steps+=("${life[@]}" --notify)
        else
            steps+=("--$kind" '{' "${life[@]}" '}' --await "$scratch/pid.$kind")
        fi
    done
}

# A line for each of the family, after a stop; whoever is left is ended now. (How often a signal was
# heard differs: systemd has a state final-sigterm before it gives up on who may not be killed.)
describe_family() {
    local kind pid end
    for kind in "${family[@]}"; do
        pid=$(<"$scratch/pid.$kind")
        end=gone
        if ! is_gone "$pid"; then
            end=left
            kill -KILL "$pid"
            await "the end of $kind" is_gone "$pid"
        fi
        touch "$scratch/heard.$kind"
        printf '%s: %s, heard %s\n' "$kind" "$end" "$(sort -u "$scratch/heard.$kind" | paste -sd' ')"
    done
    rm -f "$scratch"/pid.* "$scratch"/heard.*
}

# compare_kill_mode MODE SURVIVORS: the family of $steps under systemd, as a daemon, and under
# amphid@.service, whose own KillMode= would end what is to be left. (exec-stop: none demands it.)
compare_kill_mode() {
    compare_killing "$2" KillMode="$1" ExecStop=/bin/true -- \
        "kill-mode = \"$1\"" 'exec-stop = ["/bin/true"]'
}

# compare_killing SURVIVORS DIRECTIVE=VALUE... -- 'KEY = VALUE'...
compare_killing() {
    local survivors=$1 wanted directives=()
    shift
    while [[ $1 != -- ]]; do
        directives+=("$1")
        shift
    done
    shift
    printf '%s\n' '[Service]' Type=notify "ExecStart=/usr/local/bin/helper serve ${steps[*]}" \
        "${directives[@]}" | native
    expect_code 0 systemctl start native
    systemctl stop native || :
    wanted=$(describe_family)
    expect_equal 'number of who survives systemd' "$(grep -c left <<<"$wanted")" "$survivors"

    configure_helper web notify "${steps[@]}"
    printf '%s\n' "$@" >>/etc/amphid/web.toml
    expect_code 0 amphid start web
    amphid stop web || :
    expect_equal 'the family after a stop of the daemon' "$(describe_family)" "$wanted"

    drop_in web <<<$'[Service]\nKillMode=process\nSendSIGKILL=no'
    expect_code 0 systemctl start amphid@web
    systemctl stop amphid@web || :
    expect_properties web ActiveState="$(systemctl show --value -p ActiveState native)"
    expect_equal 'the family after a stop of the unit' "$(describe_family)" "$wanted"
}

case_kill_mode_control_group_is_systemds() {
    write_family --exit-on TERM:0
    compare_kill_mode control-group 0
}

case_kill_mode_mixed_is_systemds() {
    write_family --exit-on TERM:0
    compare_kill_mode mixed 0
}

case_kill_mode_process_is_systemds() {
    write_family --exit-on TERM:0
    compare_kill_mode process 3
}

case_kill_mode_none_is_systemds() {
    write_family --exit-on TERM:0
    compare_kill_mode none 4
}

# compare_deaf SURVIVORS MODE [DIRECTIVE KEY]: nobody ends when told to
compare_deaf() {
    write_family
    compare_killing "$1" KillMode="$2" TimeoutStopSec=300ms ${3:+"$3"} -- \
        "kill-mode = \"$2\"" 'timeout-stop-sec = "300ms"' ${4:+"$4"}
}

case_deaf_services_are_killed_as_by_systemd() {
    compare_deaf 0 control-group
    compare_deaf 0 mixed
    compare_deaf 3 process
}

case_send_sighup_and_send_sigkill_are_systemds() {
    compare_deaf 0 control-group SendSIGHUP=yes 'send-sighup = true'
    compare_deaf 4 control-group SendSIGKILL=no 'send-sigkill = false'
}

# What is left on purpose is named, and the next start leaves it alone, as systemd's does.
case_kill_mode_process_names_what_it_leaves() {
    local left pid
    write_family --exit-on TERM:0
    configure_helper web notify "${steps[@]}"
    echo 'kill-mode = "process"' >>/etc/amphid/web.toml
    expect_code 0 amphid start web
    expect_code 0 amphid stop web
    left=$(cat "$scratch"/pid.child* | sort -n | paste -sd,)
    expect_equal 'what is left' "$(state_of web left-running | tr -d ' ' | tr , '\n' | sort -n | paste -sd,)" "$left"
    rm "$scratch"/pid.*
    expect_code 0 amphid start web
    for pid in ${left//,/ }; do
        expect_runs "$pid"
        kill -KILL "$pid"
    done
    expect_code 0 amphid stop web
    describe_family >/dev/null
}
