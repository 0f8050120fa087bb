#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# kill-mode beside systemd's own KillMode=: who survives a stop, and who was asked to end.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

family=(child child-session child-orphan main)

# The steps of a service of four processes, in $steps: each writes down its PID and what it hears.
write_family() {
    local kind life
    steps=()
    for kind in "${family[@]}"; do
        life=(--log-signals "$scratch/heard.$kind" --exit-on TERM:0 --ready-file "$scratch/pid.$kind")
        if [[ $kind == main ]]; then
            steps+=("${life[@]}" --notify)
        else
            steps+=("--$kind" '{' "${life[@]}" '}' --await "$scratch/pid.$kind")
        fi
    done
}

# A line for each of the family, after a stop; whoever is left is ended now.
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
        printf '%s: %s, heard %s\n' "$kind" "$end" "$(cat "$scratch/heard.$kind" 2>/dev/null || :)"
    done
    rm -f "$scratch"/pid.* "$scratch"/heard.*
}

# compare_kill_mode MODE SURVIVORS: the same family under systemd, as a daemon, and under
# amphid@.service, whose own KillMode= would end what is to be left. (exec-stop: none demands it.)
compare_kill_mode() {
    local mode=$1 survivors=$2 wanted
    write_family
    native <<UNIT
[Service]
Type=notify
KillMode=$mode
ExecStop=/bin/true
ExecStart=/usr/local/bin/helper serve ${steps[*]}
UNIT
    expect_code 0 systemctl start native
    expect_code 0 systemctl stop native
    wanted=$(describe_family)
    expect_equal 'number of who survives systemd' "$(grep -c left <<<"$wanted")" "$survivors"

    configure_helper web notify "${steps[@]}"
    printf 'kill-mode = "%s"\nexec-stop = ["/bin/true"]\n' "$mode" >>/etc/amphid/web.toml
    expect_code 0 amphid start web
    expect_code 0 amphid stop web
    expect_equal 'the family after a stop of the daemon' "$(describe_family)" "$wanted"

    drop_in web <<<$'[Service]\nKillMode=process'
    expect_code 0 systemctl start amphid@web
    expect_code 0 systemctl stop amphid@web
    expect_properties web ActiveState=inactive Result=success
    expect_equal 'the family after a stop of the unit' "$(describe_family)" "$wanted"
}

case_kill_mode_control_group_is_systemds() {
    compare_kill_mode control-group 0
}

case_kill_mode_mixed_is_systemds() {
    compare_kill_mode mixed 0
}

case_kill_mode_process_is_systemds() {
    compare_kill_mode process 3
}

case_kill_mode_none_is_systemds() {
    compare_kill_mode none 4
}

# What is left on purpose is named, and the next start leaves it alone, as systemd's does.
case_kill_mode_process_names_what_it_leaves() {
    local left pid
    write_family
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
