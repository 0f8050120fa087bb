#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# Hooks beside systemd's own: the same probe in the same place of a native unit, of a daemon and of
# amphid@.service is run equally often, in the same order, and told the same.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

# The probe writes a line: which hook it is, and what it was told. What differs from run to run is
# replaced by what it stands for.
write_probe() {
    cat >"$scratch/probe" <<'SH'
#!/bin/bash
told=$1
for ((looks = 0; looks < 250; ++looks)); do # type simple: the main process has only just been forked
    [[ -n ${MAINPID-} && ! -s /run/case/main ]] || break
    read -rt 0.02 <> <(:)
done
main=$(cat /run/case/main 2>/dev/null)
if [[ -n ${MAINPID-} && $MAINPID == "$main" ]]; then MAINPID=main; fi
if [[ ${INVOCATION_ID-} =~ ^[0-9a-f]{32}$ ]]; then INVOCATION_ID=id; fi
if [[ -S ${NOTIFY_SOCKET-} ]]; then NOTIFY_SOCKET=socket; fi
for name in MAINPID PIDFILE SERVICE_RESULT EXIT_CODE EXIT_STATUS INVOCATION_ID NOTIFY_SOCKET; do
    if [[ -v $name ]]; then told+=" $name=${!name}"; fi
done
echo "$told" >>/run/case/told
exit "${2:-0}"
SH
    chmod +x "$scratch/probe"
}

hooks=(exec-condition exec-start-pre exec-start-post exec-reload exec-stop exec-stop-post)

# directive_of KEY: systemd's name of it
directive_of() {
    sed -E 's/(^|-)(.)/\u\2/g' <<<"$1"
}

# The same service for both: its type, the keys of $keys ("notify-access=exec"), its steps.
configure_probed() {
    local type=$1 key
    shift
    write_probe
    {
        printf '[Service]\nType=%s\nExecStart=/usr/local/bin/helper serve %s\n' "$type" "$*"
        for key in "${hooks[@]}"; do echo "$(directive_of "$key")=/run/case/probe $key"; done
        for key in "${keys[@]}"; do echo "$(directive_of "${key%%=*}")=${key#*=}"; done
    } | sed s/PidFile=/PIDFile=/ | native
    configure_helper web "$type" "$@"
    {
        for key in "${hooks[@]}"; do echo "$key = [\"/run/case/probe $key\"]"; done
        for key in "${keys[@]}"; do echo "${key%%=*} = \"${key#*=}\""; done
    } >>/etc/amphid/web.toml
    forbid_restart web
}

is_over() {
    case $1 in
        native) [[ $(systemctl show --value -p ActiveState native) =~ ^(inactive|failed)$ ]] ;;
        unit) [[ $(property web ActiveState) =~ ^(inactive|failed)$ ]] ;;
        daemon) is_gone "$(state_of web launcher.pid)" ;;
    esac
}

# live SIDE ACTION...: a start, the actions, and the wait for the end, whatever the exit codes.
live() {
    local side=$1 action
    shift
    rm -f "$scratch/main" "$scratch/told" "$scratch/go"
    for action in start "$@"; do
        case $side-$action in
            *-go) : >"$scratch/go" ;;
            native-*) systemctl "$action" native || : ;;
            unit-*) systemctl "$action" amphid@web || : ;;
            daemon-*) amphid "$action" web || : ;;
        esac
    done >"$scratch/said" 2>&1
    await "the end of $side" is_over "$side"
    cat "$scratch/told" 2>/dev/null || echo "nothing; it said: $(<"$scratch/said")"
}

# compare_hooks ACTION...: leaves what systemd's own hooks were told in $wanted.
compare_hooks() {
    wanted=$(live native "$@")
    expect_equal 'what the hooks of the daemon are told' "$(live daemon "$@")" "$wanted"
    expect_equal 'what the hooks of the unit are told' "$(live unit "$@")" "$wanted"
}

case_hooks_of_a_stop_are_told_what_systemd_tells() {
    keys=()
    configure_probed notify --ready-file "$scratch/main" --notify
    compare_hooks reload stop
    expect_equal 'the hooks' "$(cut -d' ' -f1 <<<"$wanted" | paste -sd' ')" "${hooks[*]}"
}

case_hooks_of_a_clean_exit_are_told_what_systemd_tells() {
    keys=()
    configure_probed notify --ready-file "$scratch/main" --notify --await "$scratch/go" --exit 0
    compare_hooks go
    expect_match 'the last hook' "$wanted" 'exec-stop-post .*EXIT_CODE=exited EXIT_STATUS=0'
}

case_hooks_of_an_exit_code_are_told_what_systemd_tells() {
    keys=()
    configure_probed notify --ready-file "$scratch/main" --notify --await "$scratch/go" --exit 3
    compare_hooks go
    expect_match 'the last hook' "$wanted" 'SERVICE_RESULT=exit-code EXIT_CODE=exited EXIT_STATUS=3'
}

case_hooks_of_a_signal_are_told_what_systemd_tells() {
    keys=()
    configure_probed notify --ready-file "$scratch/main" --notify --await "$scratch/go" --die KILL
    compare_hooks go
    expect_match 'the last hook' "$wanted" 'SERVICE_RESULT=signal EXIT_CODE=killed EXIT_STATUS=KILL'
}

case_hooks_of_a_start_timeout_are_told_what_systemd_tells() {
    keys=(timeout-start-sec=300ms)
    configure_probed notify --ready-file "$scratch/main"
    compare_hooks
    expect_match 'the last hook' "$wanted" 'SERVICE_RESULT=timeout EXIT_CODE=killed EXIT_STATUS=TERM'
}

case_hooks_of_a_stop_timeout_are_told_what_systemd_tells() {
    keys=(timeout-stop-sec=300ms)
    configure_probed notify --ready-file "$scratch/main" --ignore TERM --notify
    compare_hooks stop
    expect_match 'the last hook' "$wanted" 'SERVICE_RESULT=timeout EXIT_CODE=killed EXIT_STATUS=KILL'
}

case_hooks_of_forking_are_told_what_systemd_tells() {
    keys=(pid-file=/run/case/main)
    configure_probed forking --child-orphan '{' --ready-file "$scratch/main" '}' \
        --await "$scratch/main" --exit 0
    compare_hooks reload stop
    expect_match 'the hook of the reload' "$wanted" 'exec-reload MAINPID=main PIDFILE=/run/case/main'
}

case_hooks_of_oneshot_are_told_what_systemd_tells() {
    keys=(remain-after-exit=yes)
    configure_probed oneshot --exit 0
    sed -i 's/remain-after-exit = "yes"/remain-after-exit = true/' /etc/amphid/web.toml
    compare_hooks reload stop
    expect_equal 'the hooks' "$(cut -d' ' -f1 <<<"$wanted" | paste -sd' ')" "${hooks[*]}"
}

case_hooks_hear_as_notify_access_says() {
    local access
    for access in none main exec all; do
        keys=("notify-access=$access")
        configure_probed simple --ready-file "$scratch/main"
        compare_hooks reload stop
    done
}

# fail_in_hook KEY CODE: the probe of that hook exits with CODE
fail_in_hook() {
    keys=()
    configure_probed notify --ready-file "$scratch/main" --notify
    sed -i "s|/run/case/probe $1\$|& $2|" /run/systemd/system/native.service
    sed -i "s|/run/case/probe $1\"|/run/case/probe $1 $2\"|" /etc/amphid/web.toml
    systemctl daemon-reload
    compare_hooks "${@:3}"
}

case_hooks_that_fail_are_followed_as_systemds() {
    fail_in_hook exec-condition 1
    expect_code 0 systemctl start native # skipped, not failed
    expect_code 0 amphid start web
    expect_code 0 systemctl start amphid@web
    fail_in_hook exec-condition 255
    fail_in_hook exec-start-pre 4
    fail_in_hook exec-start-post 4
    fail_in_hook exec-reload 4 reload stop
    fail_in_hook exec-stop 4 stop
    fail_in_hook exec-stop-post 4 stop
}

case_prefix_forgives_a_hook_as_systemds() {
    keys=()
    configure_probed notify --ready-file "$scratch/main" --notify
    sed -i 's|=/run/case/probe exec-start-pre|=-/run/case/probe exec-start-pre 4|' \
        /run/systemd/system/native.service
    sed -i 's|"/run/case/probe exec-start-pre"|"-/run/case/probe exec-start-pre 4"|' /etc/amphid/web.toml
    systemctl daemon-reload
    compare_hooks stop
    expect_match 'the hooks' "$wanted" exec-start-post
}
