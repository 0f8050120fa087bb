#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# Services of somebody who is not root: by User= in a drop-in, by a user manager, by hand.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

case_user_in_a_drop_in() {
    local main
    make_tester
    configure_helper web notify --on HUP '{' --append-text "$scratch/reloads" again '}' --notify
    drop_in web <<<$'[Service]\nUser=tester'
    expect_code 0 systemctl start amphid@web
    main=$(state_of web main.pid)
    expect_equal 'user of the launcher' "$(ps -o user= -p "$(property web MainPID)")" tester
    expect_equal 'user of the service' "$(ps -o user= -p "$main")" tester
    expect_equal 'owner of the files' "$(stat -c %U /run/amphid/web/state)" tester
    expect_equal 'pid file' "$(cat /run/amphid/web/pid)" "$(property web MainPID)"
    expect_state web unit=amphid@web.service manager=system
    expect_code 0 amphid status web
    expect_code 0 amphid reload web
    await 'the service to reload' grep -q again "$scratch/reloads"
    expect_code 0 amphid stop web
    expect_properties web ActiveState=inactive Result=success
    expect_gone "$main"
}

manage() {
    in_session tester env "XDG_RUNTIME_DIR=/run/user/$(id -u tester)" "$@"
}

start_user_manager() {
    make_tester
    state_dir=/run/user/$(id -u tester)/amphid # where state_of looks
    loginctl enable-linger tester
    await 'the manager of tester' manage systemctl --user is-active default.target
    manage mkdir -p .config/systemd/user .config/amphid
    cp /etc/systemd/system/amphid@.service ~tester/.config/systemd/user/
    manage systemctl --user daemon-reload
}

end_user_manager() {
    rm -rf ~tester/.config
    loginctl disable-linger tester
    systemctl stop "user@$(id -u tester).service"
}

case_user_manager() {
    local main
    start_user_manager
    configure_helper web notify --notify
    mv /etc/amphid/web.toml ~tester/.config/amphid/web.toml
    expect_code 0 manage systemctl --user start amphid@web
    main=$(state_of web main.pid)
    expect_state web mode=foreground unit=amphid@web.service manager=user state=running
    expect_equal 'user of the service' "$(ps -o user= -p "$main")" tester
    expect_equal 'pid file' "$(cat "$state_dir/web/pid")" \
        "$(manage systemctl --user show --value -p MainPID amphid@web)"
    expect_code 0 manage amphid status web
    expect_code 0 manage amphid restart web
    expect_gone "$main"
    expect_equal 'restarts' "$(manage systemctl --user show --value -p NRestarts amphid@web)" 0
    expect_code 0 manage amphid stop web
    expect_equal 'Result' "$(manage systemctl --user show --value -p Result amphid@web)" success
    expect_code 3 manage systemctl --user is-active amphid@web
    end_user_manager
}

# configure_users NAME: standard input becomes the tester's own file of that name.
configure_users() {
    cat >~tester/.config/amphid/"$1.toml"
    chown -R tester: ~tester/.config
}

users_drop_in() {
    local dir=~tester/.config/systemd/user/amphid@$1.service.d
    mkdir -p "$dir"
    cat >"$dir/case.conf"
    manage systemctl --user daemon-reload
}

users_property() {
    manage systemctl --user show --value -p "$2" "amphid@$1"
}

users_property_is() {
    [[ $(users_property "$1" "$2") == "$3" ]]
}

users_property_is_not() {
    [[ $(users_property "$1" "$2") != "$3" ]]
}

case_user_manager_hears_of_readiness_and_health() {
    local sign
    start_user_manager
    configure_users httpd <<TOML
[service]
exec-start = ["/usr/bin/python3", "-m", "http.server", "--bind", "127.0.0.1", "8080"]
exec-reload = [["/usr/bin/test", "-e", "$scratch/good"]]
watchdog-signal = "SIGTERM"

[ready]
listen = "tcp:8080"

[health]
http = "http://127.0.0.1:8080/"
command = ["/usr/bin/test", "!", "-e", "$scratch/sick"]
interval-sec = 0.1
failures = 1
TOML
    users_drop_in httpd <<<$'[Service]\nWatchdogSec=30\nRestart=on-failure\nRestartSec=0'
    expect_code 0 manage systemctl --user start amphid@httpd
    expect_equal 'answer of the web server' "$(ask_web)" 200 # at once: the start has told the truth
    expect_match 'met' "$(state_of httpd met)" 'listen tcp:8080 .held by PID'
    sign=$(users_property httpd WatchdogTimestampMonotonic)
    await 'a sign of life' users_property_is_not httpd WatchdogTimestampMonotonic "$sign"
    expect_code 1 manage systemctl --user reload amphid@httpd
    : >"$scratch/good"
    expect_code 0 manage systemctl --user reload amphid@httpd
    expect_equal 'SubState' "$(users_property httpd SubState)" running
    : >"$scratch/sick"
    await 'a restart by the manager' users_property_is_not httpd NRestarts 0
    rm "$scratch/sick"
    await 'the service to run again' users_property_is httpd SubState running
    expect_code 0 manage systemctl --user stop amphid@httpd
    end_user_manager
}

case_user_manager_keeps_descriptors() {
    start_user_manager
    configure_helper keeper notify --given "$scratch/given" --store kept --notify --exit-on USR1:1
    sed -i '/^type/a file-descriptor-store-max = 4' /etc/amphid/keeper.toml
    configure_users keeper </etc/amphid/keeper.toml
    users_drop_in keeper <<<$'[Service]\nFileDescriptorStoreMax=4\nRestart=on-failure\nRestartSec=0'
    expect_code 0 manage systemctl --user start amphid@keeper
    expect_equal 'given at the first start' "$(cat "$scratch/given")" none
    await 'the store of the manager' users_property_is keeper NFileDescriptorStore 1
    kill -USR1 "$(state_of keeper main.pid)"
    await 'what the second start was given' grep -qx 'kept=kept' "$scratch/given"
    expect_code 0 manage systemctl --user stop amphid@keeper
    end_user_manager
}

# Its descriptors are nobody's to see: the kernel tells whose unit the socket is of.
case_user_manager_knows_a_hidden_listener() {
    start_user_manager
    configure_helper hidden exec --undumpable --listen 8080
    printf '[ready]\nlisten = "tcp:8080"\n' >>/etc/amphid/hidden.toml
    configure_users hidden </etc/amphid/hidden.toml
    expect_code 0 manage systemctl --user start amphid@hidden
    expect_match 'met' "$(state_of hidden met)" "listen tcp:8080 .by the socket's cgroup."
    expect_code 0 manage systemctl --user stop amphid@hidden
    end_user_manager
}

case_daemon_of_a_user() {
    local main
    start_user_manager
    configure_helper web notify --notify
    mv /etc/amphid/web.toml ~tester/.config/amphid/web.toml
    expect_code 0 manage amphid start web
    main=$(state_of web main.pid)
    expect_state web mode=daemon unit= manager= state=running
    expect_equal 'user of the service' "$(ps -o user= -p "$main")" tester
    expect_code 0 manage amphid stop web
    expect_gone "$main"
    end_user_manager
}

case_place_below_the_home_directory() {
    make_tester
    configure_helper web notify --notify
    local as=(setpriv --reuid tester --regid tester --clear-groups env -u XDG_RUNTIME_DIR)
    expect_code 0 "${as[@]}" HOME=/home/tester amphid start /etc/amphid/web.toml
    expect_match 'where the files are' "$(ls /home/tester/.local/state/amphid/run/web)" state
    expect_code 0 "${as[@]}" HOME=/home/tester amphid stop /etc/amphid/web.toml
    expect_code 6 "${as[@]}" -u HOME amphid start /etc/amphid/web.toml
}
