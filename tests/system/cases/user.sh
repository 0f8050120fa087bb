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
    local state_dir main
    start_user_manager
    state_dir=/run/user/$(id -u tester)/amphid
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

case_daemon_of_a_user() {
    local state_dir main
    start_user_manager
    state_dir=/run/user/$(id -u tester)/amphid
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

case_no_place_for_files_is_exit_6() {
    make_tester
    configure_helper web notify --notify
    expect_code 6 setpriv --reuid tester --regid tester --clear-groups env -u XDG_RUNTIME_DIR \
        HOME=/home/tester amphid start /etc/amphid/web.toml
}
