#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# A launcher that is killed, and services that do not want to end: with a systemd on the machine.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

configure_large_family() {
    configure_helper web notify --fork 1 --setsid-child --double-fork --append "$scratch/starts" \
        --exit-on TERM:0 --status 'first' --notify --on USR1 '{' --status 'second' '}'
}

# kill_launcher NAME
kill_launcher() {
    local launcher
    launcher=$(state_of "$1" launcher.pid)
    kill -KILL "$launcher"
    await 'the end of the launcher' is_gone "$launcher"
}

# start_and_adopt CMD...: CMD starts the daemon; its launcher is killed; the next start takes over.
start_and_adopt() {
    local main
    configure_large_family
    expect_code 0 "$@" amphid start web
    main=$(state_of web main.pid)
    kill_launcher web
    expect_runs "$main"
    expect_code 0 "$@" amphid start web
    expect_state web state=running main.pid="$main" unit= mode=daemon
    expect_equal 'number of starts' "$(wc -l <"$scratch/starts")" 1
    expect_runs "$(state_of web launcher.pid)"
    expect_equal 'pid file' "$(cat /run/amphid/web/pid)" "$(state_of web launcher.pid)"
    expect_code 0 amphid status web
    kill -USR1 "$main"
    await 'the adopted service to be heard' has_state web status-text=second
    expect_code 0 amphid stop web
    nothing_left || fail "left: $(list_left)"
}

case_killed_launcher_of_a_daemon_is_replaced() {
    start_and_adopt env
}

case_killed_launcher_of_a_sessions_daemon_is_replaced() {
    start_and_adopt in_session root
}

case_service_of_a_killed_launcher_is_stopped() {
    configure_large_family
    expect_code 0 amphid start web
    kill_launcher web
    expect_code 0 amphid stop web
    nothing_left || fail "left: $(list_left)"
    expect_code 3 amphid status web
    expect_code 0 amphid start web
    expect_equal 'number of starts' "$(wc -l <"$scratch/starts")" 2
    expect_code 0 amphid stop web
}

case_no_adopt_refuses_and_says_how() {
    local main
    configure_large_family
    expect_code 0 amphid start web
    main=$(state_of web main.pid)
    kill_launcher web
    expect_code 1 amphid start web --no-adopt
    expect_match 'what it says' "$output" "$main.*amphid stop web"
    expect_runs "$main"
    expect_code 0 amphid stop web
    nothing_left || fail "left: $(list_left)"
}

# The unit never takes over what a killed daemon left: a foreground start adopts nothing.
case_unit_refuses_beside_an_orphan() {
    local main
    configure_large_family
    forbid_restart web
    expect_code 0 amphid start web
    main=$(state_of web main.pid)
    kill_launcher web
    expect_code 1 systemctl start amphid@web
    expect_properties web Result=exit-code ExecMainStatus=1
    expect_match 'the journal' "$(read_journal)" "$main"
    expect_runs "$main"
    expect_code 0 amphid stop web
    nothing_left || fail "left: $(list_left)"
}

# systemd itself ends a service whose launcher was killed (KillMode=mixed), all of it, and starts it
# again: there is nothing to adopt.
case_killed_launcher_of_a_unit_takes_its_family_along() {
    local main
    configure_large_family
    drop_in web <<<$'[Service]\nRestartSec=0'
    expect_code 0 systemctl start amphid@web
    main=$(state_of web main.pid)
    kill -KILL "$(property web MainPID)"
    await 'a restart by systemd' has_property web NRestarts=1
    await 'the service to run again' has_property web SubState=running
    expect_gone "$main"
    expect_equal 'number of services' "$(pgrep -cf '^/usr/local/bin/helper serve')" 4
    expect_state web restarts=0 main.pid="$(tail -n 1 "$scratch/starts")"
    expect_code 0 systemctl stop amphid@web
    nothing_left || fail "left: $(list_left)"
}

unit_cgroup() {
    echo "/sys/fs/cgroup$(property "$1" ControlGroup)"
}

# Heads that grow again when one is cut off, deaf to every signal that can be ignored, and a process
# that is never there for two looks.
configure_hydra() {
    configure_helper web notify --hydra 6 "$scratch/heads" --hop 100 --exit-on TERM:0 --notify
    echo 'timeout-stop-sec = "300ms"' >>/etc/amphid/web.toml
}

grown_heads() {
    (($(wc -l <"$scratch/heads") >= 6))
}

case_delegated_cgroup_ends_a_hydra() {
    local cgroup
    configure_hydra
    drop_in web <<<$'[Service]\nDelegate=yes\nRestart=no'
    expect_code 0 systemctl start amphid@web
    await 'all heads' grown_heads
    cgroup=$(state_of web cgroup)
    expect_match 'cgroup of the service' "$cgroup" "^$(unit_cgroup web)/[^/]+$"
    expect_match 'cgroup of the main process' "$(cat "/proc/$(state_of web main.pid)/cgroup")" \
        "${cgroup#/sys/fs/cgroup}$"
    expect_match 'cgroup of the launcher' "$(cat "/proc/$(property web MainPID)/cgroup")" \
        "$(property web ControlGroup)$"
    systemctl stop amphid@web || :
    nothing_left || fail "left: $(list_left)"
    [[ ! -e $cgroup ]] || fail "$cgroup is still there"
    expect_match 'ActiveState' "$(property web ActiveState)" '^(inactive|failed)$'
}

case_delegated_cgroup_is_made_anew_by_each_start() {
    configure_helper web notify --double-fork --ignore HUP --notify
    drop_in web <<<$'[Service]\nDelegate=yes\nRestartSec=0'
    expect_code 0 systemctl start amphid@web
    kill -KILL "$(state_of web main.pid)"
    await 'a restart by systemd' has_property web NRestarts=1
    await 'the service to run again' has_property web SubState=running
    expect_equal 'cgroups of the service' "$(ls -d "$(unit_cgroup web)"/*/)" "$(state_of web cgroup)/"
    expect_code 0 systemctl reload-or-restart amphid@web
    expect_code 0 systemctl restart amphid@web
    expect_equal 'number of services' "$(pgrep -cf '^/usr/local/bin/helper serve')" 2
    expect_code 0 systemctl stop amphid@web
}

case_no_cgroup_is_made_in_systemds_tree() {
    configure_hydra
    forbid_restart web
    expect_code 0 systemctl start amphid@web
    await 'all heads' grown_heads
    expect_state web cgroup=
    expect_equal 'cgroups below the unit' "$(find "$(unit_cgroup web)" -mindepth 1 -type d)" ''
    systemctl stop amphid@web || :
    nothing_left || fail "left: $(list_left)"
    rm "$scratch/heads"
    expect_code 0 in_session root amphid start web
    await 'all heads' grown_heads
    expect_state web cgroup=
    expect_equal 'cgroups of ours' "$(find /sys/fs/cgroup -name 'amphid.*')" ''
    amphid stop web || :
    nothing_left || fail "left: $(list_left)"
}
