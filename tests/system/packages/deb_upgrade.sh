#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# After deb.sh, in the same machine: a package that brings a service, amphid's upgrade, removal and purge.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

# What autopkgtest would run on the installed package.
step_autopkgtest() {
    expect_code 0 sh /root/packages/smoke
}

is_active() {
    expect_unit hello-service ActiveState="$1"
}

# From one file and one build dependency: started, restarted by an upgrade if it runs.
step_package_that_brings_a_service() {
    local main
    expect_code 0 dpkg -i /root/packages/hello-service.deb
    expect_unit hello-service ActiveState=active FragmentPath=/run/systemd/generator/hello-service.service
    main=$(state_of hello-service main.pid)
    expect_code 0 dpkg -i /root/packages/hello-service-next.deb
    expect_gone "$main"
    is_active active
    expect_code 0 systemctl stop hello-service
    expect_code 0 dpkg -i /root/packages/hello-service-next.deb
    is_active inactive
    expect_code 1 dpkg --remove amphid # it is depended on
}

# Neither its file nor a drop-in of the administrator's makes a unit of what is gone.
step_removed_package_leaves_no_unit() {
    local main
    mkdir /etc/amphid/hello-service.toml.d
    printf '[unit]\ndescription = "local"\n' >/etc/amphid/hello-service.toml.d/local.toml
    systemctl daemon-reload
    expect_code 0 systemctl start hello-service
    expect_unit hello-service Description=local
    main=$(state_of hello-service main.pid)
    expect_code 0 dpkg --remove hello-service
    expect_gone "$main"
    expect_unit hello-service LoadState=not-found
    expect_code 0 dpkg -i /root/packages/hello-service.deb
    is_active active # it was removed, so this is no upgrade
    expect_code 0 dpkg --remove hello-service
    # Forbidden by the administrator, its installation starts nothing.
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
    expect_code 0 dpkg -i /root/packages/hello-service.deb
    is_active inactive
    rm /usr/sbin/policy-rc.d
    # A daemon that somebody started beside systemd is stopped, too.
    expect_code 0 amphid start --daemon hello-service
    main=$(state_of hello-service main.pid)
    expect_code 0 dpkg --purge hello-service
    expect_gone "$main"
    rm -r /etc/amphid/hello-service.toml.d
}

# An instance of the template, a generated unit, a daemon.
step_upgrade_leaves_services_running() {
    serve inst && serve asked && serve daemon
    echo '# changed by the administrator' >>/etc/amphid/web.toml
    remember web.toml "$(sha256sum </etc/amphid/web.toml)"
    systemctl daemon-reload
    expect_code 0 systemctl enable --now amphid@inst
    expect_code 0 systemctl restart web asked
    expect_code 0 amphid start --daemon daemon
    printf '%s\n' '# what an upgrade restarts' asked >/etc/amphid/restart-on-upgrade
    remember_launchers inst web asked daemon
    expect_code 0 dpkg -i /root/packages/next.deb
    expect_same_launchers inst web daemon
    expect_gone "$(recall asked)"
    expect_unit asked ActiveState=active
    expect_equal 'the changed web.toml' "$(sha256sum </etc/amphid/web.toml)" "$(recall web.toml)"
    expect_code 0 amphid restart web
    expect_code 0 amphid reload daemon
    expect_match 'the version' "$(dpkg-query -W -f '${Version}' amphid)" 'next$'
}

step_remove_stops_and_disables() {
    expect_code 0 dpkg --remove amphid
    await 'the end of every service' sh -c '! pgrep -x "amphid|helper"'
    expect_equal 'links to instances' "$(find /etc/systemd -name 'amphid@*')" ''
    expect_unit web LoadState=not-found
    expect_unit amphid@inst.service LoadState=not-found
    [[ -e /etc/amphid/web.toml ]] || fail 'a configuration is gone before the purge'
    loginctl disable-linger tester
    rm -rf ~tester/.config
}

# Configurations are the administrator's or another package's.
forget_configurations() {
    [[ -e /etc/amphid/web.toml ]] || fail 'the purge took a configuration that is not ours'
    [[ ! -e /etc/amphid/restart-on-upgrade ]] || fail 'the purge left our own file'
    rm -r /etc/amphid
}

step_purge_leaves_nothing() {
    touch /etc/amphid/restart-on-upgrade
    install -D /dev/null /var/log/amphid/web.log
    expect_code 0 dpkg --purge amphid
    forget_configurations
    [[ ! -e /var/log/amphid ]] || fail 'the purge left logs (Policy 10.8)'
    await 'the end of tester' sh -c '! [ -e /run/user/$(id -u tester) ]'
    expect_equal 'what is left' "$(list_traces)" ''
}

step_install_again_and_purge_at_once() {
    expect_code 0 dpkg -i /root/packages/amphid.deb
    serve web '[install]' 'wanted-by = "multi-user.target"'
    systemctl daemon-reload
    expect_code 0 systemctl start web
    expect_code 0 dpkg --purge amphid
    forget_configurations
    expect_equal 'processes' "$(list_processes)" ''
    expect_equal 'what is left' "$(list_traces)" ''
}
