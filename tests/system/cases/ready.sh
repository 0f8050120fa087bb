#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# Readiness and health of real services that know nothing of sd_notify, in both lifecycles, and real
# clients against our notify socket.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

# configure_web CONDITION: python's web server, ready by that line of [ready].
configure_web() {
    configure httpd <<TOML
[service]
exec-start = ["/usr/bin/python3", "-m", "http.server", "--bind", "127.0.0.1", "8080"]
environment = ["PYTHONUNBUFFERED=1"]

[ready]
$1
TOML
}

ask_web() {
    python3 -c 'import urllib.request as u; print(u.urlopen("http://127.0.0.1:8080/").status)'
}

check_web_as_a_unit() {
    configure_web "$1"
    expect_code 0 systemctl start amphid@httpd
    expect_equal 'answer of the web server' "$(ask_web)" 200 # at once: the start has told the truth
    expect_properties httpd Type=notify ActiveState=active SubState=running
    expect_match 'met' "$(state_of httpd met)" "$2"
    expect_code 0 systemctl stop amphid@httpd
}

check_web_as_a_daemon() {
    configure_web "$1"
    expect_code 0 amphid start --daemon httpd
    expect_equal 'answer of the web server' "$(ask_web)" 200
    expect_match 'met' "$(state_of httpd met)" "$2"
    expect_code 0 amphid stop httpd
}

case_web_server_is_ready_when_it_listens() {
    check_web_as_a_unit 'listen = "tcp:8080"' 'listen tcp:8080 .held by PID'
    check_web_as_a_daemon 'listen = "tcp:8080"' 'listen tcp:8080 .held by PID'
}

case_web_server_is_ready_when_it_answers() {
    check_web_as_a_unit 'http = "http://127.0.0.1:8080/"' 'status 200'
    check_web_as_a_daemon 'http = "http://127.0.0.1:8080/"' 'status 200'
}

case_web_server_is_ready_by_its_log() {
    check_web_as_a_daemon 'log = "^Serving HTTP"' 'log /.Serving HTTP/'
}

case_memcached_is_ready_when_it_takes_connections() {
    configure cache <<'TOML'
[service]
exec-start = ["/usr/bin/memcached", "-u", "nobody", "-l", "127.0.0.1", "-p", "11311"]

[ready]
connect = "tcp:127.0.0.1:11311"
TOML
    expect_code 0 systemctl start amphid@cache
    expect_properties cache ActiveState=active SubState=running
    expect_code 0 systemctl stop amphid@cache
    expect_code 0 amphid start --daemon cache
    expect_code 0 amphid stop cache
}

case_a_stranger_on_the_port_is_named() {
    local stranger
    python3 -m http.server --bind 127.0.0.1 8080 >/dev/null 2>&1 &
    stranger=$!
    await 'the stranger to listen' ask_web
    configure httpd <<'TOML'
[service]
exec-start = ["/usr/bin/sleep", "1000"]
timeout-start-sec = 1

[ready]
listen = "tcp:8080"
TOML
    local words code=0
    words=$(amphid start --daemon httpd 2>&1) || code=$?
    kill "$stranger"
    expect_equal 'exit code' "$code" 1
    expect_match 'the message' "$words" "PID $stranger .python3. listens, which does not belong to this service"
}

# Neither its descriptors nor a right to look at them: the kernel tells whose unit the socket is of.
case_a_hidden_listener_is_known_by_its_unit() {
    local stranger
    make_tester
    drop_in hidden <<<$'[Service]\nUser=tester'
    configure_helper hidden exec --undumpable --listen 8080
    printf '[ready]\nlisten = "tcp:8080"\n' >>/etc/amphid/hidden.toml
    expect_code 0 systemctl start amphid@hidden
    expect_match 'met' "$(state_of hidden met)" "listen tcp:8080 .by the socket's cgroup."
    expect_code 0 systemctl stop amphid@hidden
    # The same user's, and new; but of another unit.
    configure_helper hidden exec --undumpable
    printf '[ready]\nlisten = "tcp:8080"\n' >>/etc/amphid/hidden.toml
    systemctl start --no-block amphid@hidden
    await 'the service to wait' has_state hidden 'waiting-for=listen tcp:8080 (nothing listens)'
    systemd-run --quiet --uid=tester --unit=stranger helper serve --listen 8080
    stranger=$(systemctl show --value -p MainPID stranger)
    await 'the stranger to be named' has_state hidden \
        "waiting-for=listen tcp:8080 (PID $stranger (helper) listens, which does not belong to this service)"
    systemctl stop stranger
    expect_code 0 systemctl stop amphid@hidden
}

# Ill once, when the file is there.
configure_patient() {
    configure patient <<TOML
[service]
exec-start = ["/usr/bin/sleep", "1000"]
restart = "on-failure"
restart-sec = "10ms"
watchdog-signal = "SIGTERM"

[health]
command = ["/bin/sh", "-c", "if test -e $scratch/sick; then rm $scratch/sick; exit 1; fi"]
interval-sec = 0.1
failures = 1
TOML
}

case_an_ill_service_is_restarted_by_systemds_watchdog() {
    configure_patient
    drop_in patient <<<$'[Service]\nWatchdogSec=30\nRestart=on-failure\nRestartSec=0'
    expect_code 0 systemctl start amphid@patient
    : >"$scratch/sick"
    await 'a restart by systemd' has_property patient NRestarts=1
    await 'the service to run again' has_property patient SubState=running
    expect_match 'the journal' "$(read_journal)" "Failed with result 'watchdog'"
    expect_code 0 systemctl stop amphid@patient
}

case_an_ill_service_is_restarted_by_us() {
    configure_patient
    expect_code 0 amphid start --daemon patient
    : >"$scratch/sick"
    await 'our restart' has_state patient restarts=1
    await 'the service to run again' has_state patient state=running
    expect_code 0 amphid stop patient
}

# check_client NAME PROGRAM...: a program of somebody else gets its service ready and says a word.
check_client() {
    local name=$1 words
    shift
    words=$(printf '"%s", ' "$@")
    configure "$name" <<TOML
[service]
type = "notify"
exec-start = [${words%, }]
notify-access = "all"
timeout-start-sec = 10
TOML
    expect_code 0 amphid start --daemon "$name"
    expect_state "$name" state=running status-text='hello from a client'
    expect_code 0 amphid stop "$name"
}

case_clients_of_others_are_understood() {
    check_client shell /bin/sh -c \
        'systemd-notify --ready --status=\"hello from a client\" && exec sleep 1000'
    check_client python-systemd /usr/bin/python3 -c \
        'import time; from systemd.daemon import notify; notify(\"READY=1\\nSTATUS=hello from a client\"); time.sleep(1000)'
    check_client python-sdnotify /usr/bin/python3 -c \
        'import time, sdnotify; n = sdnotify.SystemdNotifier(); n.notify(\"STATUS=hello from a client\"); n.notify(\"READY=1\"); time.sleep(1000)'
}

case_descriptors_come_back_from_systemds_store() {
    configure_helper keeper notify --given "$scratch/given" --store kept --notify --exit-on USR1:1
    sed -i '/^type/a file-descriptor-store-max = 4' /etc/amphid/keeper.toml
    drop_in keeper <<<$'[Service]\nFileDescriptorStoreMax=4\nRestart=on-failure\nRestartSec=0'
    expect_code 0 systemctl start amphid@keeper
    expect_equal 'given at the first start' "$(cat "$scratch/given")" none
    await 'the store of systemd' has_property keeper NFileDescriptorStore=1
    kill -USR1 "$(state_of keeper main.pid)"
    await 'what the second start was given' grep -qx 'kept=kept' "$scratch/given"
    expect_code 0 systemctl stop amphid@keeper
}

case_a_reload_that_fails_is_seen_by_systemctl() {
    configure httpd <<TOML
[service]
exec-start = ["/usr/bin/sleep", "1000"]
exec-reload = [["/usr/bin/test", "-e", "$scratch/good"]]
TOML
    expect_code 0 systemctl start amphid@httpd
    expect_code 1 systemctl reload amphid@httpd
    expect_properties httpd ActiveState=active SubState=running
    : >"$scratch/good"
    expect_code 0 systemctl reload amphid@httpd
    expect_properties httpd ActiveState=active SubState=running
    expect_code 0 systemctl stop amphid@httpd
}

case_hand_written_notify_reload_units_work() {
    (($(systemctl --version | sed -n '1s/systemd \([0-9]*\).*/\1/p') >= 253)) ||
        skip 'systemd before 253 has no Type=notify-reload'
    configure httpd <<TOML
[service]
exec-start = ["/usr/bin/sleep", "1000"]
exec-reload = [["/usr/bin/touch", "$scratch/reloaded"]]
TOML
    drop_in httpd <<<$'[Service]\nType=notify-reload\nExecReload='
    expect_code 0 systemctl start amphid@httpd
    expect_code 0 systemctl reload amphid@httpd
    [[ -e $scratch/reloaded ]] || fail 'exec-reload did not run'
    expect_properties httpd ActiveState=active SubState=running ReloadResult=success
    expect_code 0 systemctl stop amphid@httpd
}

# It says itself how far it is: a reload is over when it says so, and has failed when it does not.
configure_reloader() {
    configure_helper web notify-reload --on HUP '{' --append-text "$scratch/reloads" again --reloading \
        --await "$scratch/go" --notify '}' --notify
    sed -i '/^type/a timeout-start-sec = 3' /etc/amphid/web.toml
}

# check_reload CMD...: CMD returns when the service is done, and fails when it is not in time.
check_reload() {
    local command
    "$@" >/dev/null 2>&1 &
    command=$!
    await 'the reload to begin' test -e "$scratch/reloads"
    expect_runs "$command"
    : >"$scratch/go"
    wait "$command" || fail "exit code $? of: $*"
    rm "$scratch/go" "$scratch/reloads"
    expect_code 1 "$@"
    expect_state web state=running
    : >"$scratch/go"
    expect_code 0 amphid stop web
    rm "$scratch/go" "$scratch/reloads"
}

case_notify_reload_ends_by_the_services_own_words() {
    configure_reloader
    expect_code 0 systemctl start amphid@web
    check_reload systemctl reload amphid@web
    expect_code 0 systemctl start amphid@web
    check_reload amphid reload web
    expect_code 0 amphid start --daemon web
    check_reload amphid reload web
}

# A manager of another kind: it passes no SYSTEMD_EXEC_PID, and takes no descriptors.
case_systemd_notify_waits_for_a_foreground() {
    systemd-notify --help | grep -q -e --fork || skip 'systemd-notify of this version has no --fork'
    local launcher
    configure_helper web notify --store kept --barrier --await "$scratch/go" --notify
    sed -i '/^type/a file-descriptor-store-max = 4' /etc/amphid/web.toml
    systemd-notify --fork -- amphid run web >"$scratch/pid" 2>"$scratch/error" &
    launcher=$!
    await 'the service to wait for its file' has_state web state=start
    expect_runs "$launcher"
    : >"$scratch/go"
    wait "$launcher" || fail "exit code $?: $(cat "$scratch/error")"
    expect_state web state=running mode=foreground
    expect_equal 'what systemd-notify prints' "$(cat "$scratch/pid")" "$(state_of web launcher.pid)"
    expect_code 0 amphid stop web
}

# Another signal than SIGHUP is passed on, and a service that speaks for itself answers it.
case_a_reload_signal_of_the_unit_is_the_services() {
    (($(systemctl --version | sed -n '1s/systemd \([0-9]*\).*/\1/p') >= 253)) ||
        skip 'systemd before 253 has no Type=notify-reload'
    local main
    configure_helper web notify-reload --on USR1 '{' --append-text "$scratch/reloads" again \
        --reloading --notify '}' --notify
    sed -i '/^type/a reload-signal = "SIGUSR1"' /etc/amphid/web.toml
    drop_in web <<<$'[Service]\nType=notify-reload\nExecReload=\nReloadSignal=SIGUSR1'
    expect_code 0 systemctl start amphid@web
    main=$(state_of web main.pid)
    expect_code 0 systemctl reload amphid@web
    expect_code 0 amphid reload web
    expect_equal 'reloads of the service' "$(cat "$scratch/reloads")" again$'\n'again
    expect_properties web SubState=running ReloadResult=success NRestarts=0
    expect_state web state=running main.pid="$main"
    expect_code 0 systemctl stop amphid@web
}

# systemd-notify --pid says MAINPID=, and from 262 on MAINPIDFDID= too.
case_a_shell_names_its_main_process() {
    local main
    cat >"$scratch/start.sh" <<'SH'
sleep 1000 &
systemd-notify --pid=$! --ready --status='hello from a client'
wait
SH
    configure shell <<TOML
[service]
type = "notify"
exec-start = ["/bin/sh", "$scratch/start.sh"]
notify-access = "all"
TOML
    expect_code 0 amphid start --daemon shell
    main=$(state_of shell main.pid)
    expect_equal 'the main process' "$(tr '\0' ' ' <"/proc/$main/cmdline")" 'sleep 1000 '
    expect_state shell state=running status-text='hello from a client'
    expect_code 0 amphid stop shell
    expect_gone "$main"
}
