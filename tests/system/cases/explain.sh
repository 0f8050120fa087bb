#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# The mode and why: each row of the table, on a machine with a real systemd.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

# in_unit CMD...: as a unit's own process, with the environment that systemd gives it
in_unit() {
    systemd-run --quiet --wait --pipe --collect --service-type=exec --setenv=LANG=C.UTF-8 -- "$@"
}

# expect_mode MODE CMD...: what `amphid explain web` as started by CMD says; left in $output
expect_mode() {
    local wanted=$1
    shift
    expect_code 0 "$@"
    expect_match 'the explanation' "$output" "mode: $wanted;"
}

case_explain_in_a_plain_shell_is_daemon() {
    configure_helper web notify --notify
    expect_mode daemon amphid explain web
    expect_mode daemon in_session root amphid explain web
}

case_explain_as_a_units_process_is_foreground() {
    configure_helper web notify --notify
    expect_mode foreground in_unit /usr/local/bin/amphid explain web
    expect_match 'the explanation' "$output" 'SYSTEMD_EXEC_PID'
}

# A terminal or a shell that some unit started has all of its variables: they prove nothing.
case_explain_in_a_shell_of_a_unit_is_daemon() {
    configure_helper web notify --notify
    expect_mode daemon in_unit bash -c 'amphid explain web; exit $?'
    expect_match 'the explanation' "$output" 'SYSTEMD_EXEC_PID'
    expect_match 'the explanation' "$output" 'INVOCATION_ID'
    expect_match 'the explanation' "$output" 'warning: .*exec' # a wrapper script should exec
}

case_explain_with_inherited_variables_is_daemon() {
    configure_helper web notify --notify
    expect_mode daemon env NOTIFY_SOCKET=/run/systemd/notify amphid explain web
    expect_match 'the explanation' "$output" 'NOTIFY_SOCKET'
    expect_mode daemon env INVOCATION_ID=00112233445566778899aabbccddeeff amphid explain web
    expect_match 'the explanation' "$output" 'INVOCATION_ID'
    expect_mode daemon env SYSTEMD_EXEC_PID=1 NOTIFY_SOCKET=/run/systemd/notify amphid explain web
}

case_explain_as_pid_1_is_foreground() {
    configure_helper web notify --notify
    expect_mode foreground unshare --pid --fork --mount-proc amphid explain web
    expect_match 'the explanation' "$output" 'amphid restarts it'
    expect_mode foreground unshare --pid --fork --mount-proc env SYSTEMD_EXEC_PID=1 \
        INVOCATION_ID=00112233445566778899aabbccddeeff amphid explain web
    expect_match 'the explanation' "$output" 'systemd restarts'
}

case_explain_ignores_a_containers_marker() {
    configure_helper web notify --notify
    : >/.dockerenv
    expect_mode daemon amphid explain web
    rm /.dockerenv
}

case_explain_follows_the_file() {
    configure_helper web notify --notify
    printf '[launcher]\nmode = "foreground"\n' >>/etc/amphid/web.toml
    expect_mode foreground amphid explain web
    sed -i 's/mode = "foreground"/mode = "daemon"/' /etc/amphid/web.toml
    expect_mode daemon in_unit /usr/local/bin/amphid explain web
}

# Not only said: a start in a shell of a unit makes a daemon, and is no part of the notify protocol.
case_start_in_a_shell_of_a_unit_makes_a_daemon() {
    configure_helper web notify --notify
    expect_code 0 systemd-run --quiet --unit=shell --service-type=notify --property=NotifyAccess=all \
        --property=KillMode=process --property=RemainAfterExit=yes \
        bash -c 'amphid start web && systemd-notify --ready && exec sleep infinity'
    expect_state web mode=daemon unit= state=running
    expect_match 'readiness of the shell' "$(systemctl show --value -p StatusText shell)" '^$'
    expect_code 0 amphid stop web
    systemctl stop shell
}

case_start_as_pid_1_stays_in_the_foreground() {
    local container
    configure_helper web notify --ready-file "$scratch/running" --notify
    setsid unshare --pid --fork --kill-child --mount-proc amphid start web &
    container=$!
    await 'the service to be ready' has_state web state=running
    expect_state web mode=foreground unit= manager=
    expect_runs "$container"
    kill -TERM "$(pgrep -P "$container")"
    wait "$container" || :
    nothing_left || fail "left: $(list_left)"
}
