#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# The .deb on a machine with systemd: installed, used, booted, upgraded, removed, purged.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

step_install() {
    serve early
    expect_code 0 dpkg -i /root/packages/amphid.deb
    expect_match 'amphid --version' "$(amphid --version)" '^amphid [0-9]'
    # The unit of a file that was there before the package.
    expect_unit early.service LoadState=loaded FragmentPath=/run/systemd/generator/early.service
    expect_equal 'started by the installation' "$(list_processes)" ''
}

step_contents() {
    local file
    for file in /usr/share/man/man{1/amphid.1,5/amphid.toml.5,8/amphid-generator.8}.gz \
        /usr/share/bash-completion/completions/amphid /usr/share/zsh/vendor-completions/_amphid \
        /usr/share/fish/vendor_completions.d/amphid.fish /usr/share/amphid/amphid.schema.json /usr/share/amphid/status.schema.json \
        /usr/share/doc/amphid/examples/amphid.toml /etc/amphid; do
        # dpkg may have been told to leave documentation out: then the package's list must do.
        [[ -e $file ]] || dpkg -L amphid | grep -qxF "$file" || fail "$file is not there"
    done
    expect_equal 'the completion of bash' "$(bash -c '
        source /usr/share/bash-completion/completions/amphid
        COMP_LINE="amphid unit --format=o" COMP_POINT=22 COMP_WORDBREAKS="=:@"
        _amphid
        echo "${COMPREPLY[@]}"')" openrc
    expect_code 0 systemd-analyze verify amphid@web.service
    expect_equal 'what systemd-analyze says' "$output" ''
}

step_native_unit() {
    serve web '[unit]' 'description = "100 % demo"' 'documentation = "https://example.org/"' '[install]' \
        'wanted-by = "multi-user.target"' 'alias = "www.service"' '[systemd.service]' \
        'PrivateTmp = true' '[systemd.unit]' 'JobTimeoutSec = "5min"'
    printf '%s\n' 'restart = "on-failure"' 'timeout-stop-sec = 20' >>/etc/amphid/web.toml
    systemctl daemon-reload
    expect_code 0 systemd-analyze verify /run/systemd/generator/web.service
    expect_equal 'what systemd-analyze says' "$output" ''
    expect_code 0 systemctl start web
    expect_unit web Type=notify NotifyAccess=main Restart=on-failure TimeoutStopUSec=30s KillMode=mixed \
        PrivateTmp=yes Description='100 % demo' ActiveState=active SubState=running \
        SourcePath=/etc/amphid/web.toml JobTimeoutUSec=5min NeedDaemonReload=no
    expect_match 'wants of multi-user.target' "$(show multi-user.target Wants)" 'web.service'
    expect_unit www.service Id=web.service
    expect_match 'systemctl cat' "$(systemctl cat web)" '# +\[service\] type = "notify"'
    expect_code 0 systemctl reload web
    await 'the service to reload' grep -q again "$scratch/reloads"
    expect_code 0 amphid status web
    expect_match 'amphid status' "$output" 'Unit: web.service'
    expect_code 0 amphid stop web
    expect_unit web ActiveState=inactive Result=success
    touch -d '1 minute' /etc/amphid/web.toml
    expect_unit web NeedDaemonReload=yes
    systemctl daemon-reload
}

step_amphid_start_is_the_units() {
    expect_code 0 amphid start web
    expect_match 'what it says' "$output" 'started by systemd as web.service'
    expect_unit web ActiveState=active
    expect_equal 'mode' "$(state_of web mode)" foreground
    expect_code 0 amphid start web
    expect_match 'what a second start says' "$output" 'already running'
    expect_code 0 amphid restart web
    expect_code 0 amphid stop web
    expect_code 0 amphid restart web
    expect_unit web ActiveState=active
    expect_code 0 amphid stop web
    expect_code 0 amphid start --daemon web
    expect_equal 'mode' "$(state_of web mode)" daemon
    expect_unit web ActiveState=inactive
    expect_code 0 amphid stop web
}

# journalctl -x explains an entry of ours: systemd's trigger has compiled the package's catalog.
step_message_catalog() {
    local entry
    expect_code 0 amphid start --daemon web
    expect_code 0 amphid stop web
    journalctl --sync
    entry=$(journalctl --quiet -x -o short AMPHID_SERVICE=web)
    expect_match 'journalctl -x' "$entry" 'web: ready[^'$'\n'']*'$'\n''[^'$'\n'']* Subject: Service web is ready'
}

# fail_to_start [LINE...]: a service that says why it is never ready.
fail_to_start() {
    configure fails <<'TOML'
[service]
type = "notify"
exec-start = ["/bin/sh", "-c", "echo no such database >&2; exit 7"]
TOML
    (($# == 0)) || printf '%s\n' "$@" >>/etc/amphid/fails.toml
    systemctl daemon-reload
}

step_failed_start_says_why() {
    fail_to_start
    expect_code 1 amphid start fails
    expect_match 'what it says' "$output" 'fails failed to start: [^'$'\n'']*exited with code 7'
    expect_match 'what it says' "$output" 'last words of fails:'$'\n''    no such database$'
    expect_match 'lines with its label' "$(journalctl --quiet -o cat -t fails)" 'no such database'
    expect_unit fails ActiveState=failed
    systemctl reset-failed fails
    expect_code 1 amphid restart fails
    expect_match 'what a restart says' "$output" '    no such database$'
}

step_no_retry_reaches_the_unit() {
    fail_to_start 'restart = "on-failure"' 'restart-sec = "1h"' 'syslog-identifier = "label"'
    expect_code 1 amphid start fails
    expect_unit fails SubState=auto-restart SyslogIdentifier=label
    systemctl stop fails
    expect_code 1 amphid start --no-retry fails
    expect_match 'what it says' "$output" '    no such database'$'\n''.*--no-retry: stopped '
    expect_unit fails ActiveState=inactive
    expect_match 'lines with its label' "$(journalctl --quiet -o cat -t label)" 'no such database'
    rm /etc/amphid/fails.toml
    systemctl daemon-reload
    systemctl reset-failed
}

# The unit that was generated from the file, not a daemon beside it.
step_init_script_goes_through_systemctl() {
    local script=/etc/init.d/script
    serve script
    amphid unit --format=sysv script >"$script"
    chmod 755 "$script"
    systemctl daemon-reload
    expect_unit script FragmentPath=/run/systemd/generator/script.service
    expect_code 3 "$script" status
    expect_code 0 "$script" start
    expect_unit script ActiveState=active
    expect_equal 'mode' "$(state_of script mode)" foreground
    expect_code 0 "$script" status
    expect_code 0 "$script" force-reload
    await 'the service to reload' grep -q again "$scratch/reloads"
    expect_code 0 "$script" restart
    expect_code 0 "$script" stop
    expect_unit script ActiveState=inactive
    rm /etc/amphid/script.toml "$script" "$scratch/reloads"
    systemctl daemon-reload
}

step_readiness_by_descriptor_is_the_units_too() {
    serve script
    systemctl daemon-reload
    expect_code 0 amphid start --notify-fd 5 script 5>"$scratch/told"
    expect_equal 'lines on the descriptor' "$(wc -l <"$scratch/told")" 1
    expect_unit script ActiveState=active
    expect_code 0 amphid stop script
    rm /etc/amphid/script.toml
    systemctl daemon-reload
}

step_unit_is_restarted_and_gives_up() {
    serve crash
    printf '%s\n' 'restart = "on-failure"' 'restart-sec = 0' >>/etc/amphid/crash.toml
    systemctl daemon-reload
    expect_code 0 systemctl start crash
    kill -KILL "$(state_of crash main.pid)"
    await 'systemd to restart it' has_unit crash NRestarts=1
    await 'the service to run again' has_unit crash SubState=running
    expect_code 0 systemctl stop crash
    rm /etc/amphid/crash.toml
}

# typed NAME TYPE SHELL [LINE...]
typed() {
    local name=$1 type=$2 shell=$3
    shift 3
    { printf '[service]\ntype = "%s"\nexec-start = ["/bin/sh", "-c", "%s"]\n' "$type" "$shell" &&
        printf '%s\n' "$@"; } | configure "$name"
}

step_units_of_every_type() {
    local name pid
    typed once oneshot 'exit 0'
    typed wrong oneshot 'exit 3'
    typed remains oneshot 'exit 0' 'remain-after-exit = true'
    typed skipped exec 'exec sleep infinity' 'exec-condition = "/bin/false"'
    typed forks forking 'sleep infinity & exit 0'
    typed limited exec 'exec sleep infinity' 'limit-nofile = 512' 'nice = 3' 'state-directory = "limited"' \
        'runtime-directory = "limited"'
    typed another exec 'exec sleep infinity' 'user = "nobody"' 'state-directory = "another"'
    systemctl daemon-reload
    for name in once remains skipped forks limited another; do
        expect_code 0 systemd-analyze verify "/run/systemd/generator/$name.service"
        expect_equal "what systemd-analyze says of $name" "$output" ''
        expect_code 0 systemctl start "$name"
    done
    expect_code 1 systemctl start wrong
    expect_unit wrong Result=exit-code ExecMainStatus=3
    expect_unit once ActiveState=inactive Result=success
    expect_unit skipped ActiveState=inactive Result=success
    for name in remains forks limited another; do expect_unit "$name" ActiveState=active; done
    expect_unit limited LimitNOFILE=512 Nice=3 StateDirectory=limited
    pid=$(state_of limited main.pid)
    expect_match 'limits of the service' "$(cat "/proc/$pid/limits")" 'Max open files +512 +512'
    expect_equal 'its nice level' "$(ps -o ni= -p "$pid" | tr -d ' ')" 3
    expect_equal 'owners of the state directories' "$(stat -c %U /var/lib/limited /var/lib/another | xargs)" 'root nobody'
    expect_code 0 systemctl stop remains forks limited another
    [[ ! -e /run/limited ]] || fail 'the runtime directory is still there'
    for name in once wrong remains skipped forks limited another; do rm "/etc/amphid/$name.toml"; done
    rm -r /var/lib/limited /var/lib/another
    systemctl daemon-reload
    systemctl reset-failed
}

step_name_of_a_packaged_unit() {
    serve dbus
    printf '[Service]\nExecStart=/bin/true\n' >/usr/lib/systemd/system/packaged.service
    serve packaged '[install]' 'replace = true'
    printf '[Service]\nExecStart=/bin/true\n' >/etc/systemd/system/local.service
    serve local '[install]' 'replace = true'
    ln -s /dev/null /etc/systemd/system/masked.service
    serve masked
    systemctl daemon-reload
    expect_match 'the unit of dbus' "$(show dbus.service FragmentPath)" '^(/usr)?/lib/systemd/system/dbus.service$'
    expect_unit packaged.service FragmentPath=/run/systemd/generator/packaged.service
    expect_unit local.service FragmentPath=/etc/systemd/system/local.service
    expect_unit masked.service LoadState=masked
    expect_code 6 amphid check dbus
    expect_match 'amphid check' "$output" 'dbus.toml: error: .*dbus.service exists as .*/lib/systemd/system/dbus.service'
    expect_code 0 amphid check packaged
    expect_code 6 amphid check local
    expect_code 0 amphid check masked
    expect_match 'the kernel log' "$(run_generator)" 'dbus.toml: no unit is generated: dbus.service exists as'
    rm /etc/amphid/{dbus,packaged,local,masked}.toml /etc/systemd/system/{local,masked}.service \
        /usr/lib/systemd/system/packaged.service
    systemctl daemon-reload
}

# The generator by hand, with a file in the place of the kernel's log; prints that.
run_generator() {
    rm -rf "$scratch/units"
    mkdir -p "$scratch/units"
    [[ ! -e /dev/kmsg ]] || fail 'a machine has no /dev/kmsg'
    : >/dev/kmsg
    /usr/lib/systemd/system-generators/amphid-generator "$scratch/units" "$scratch/units" "$scratch/units"
    cat /dev/kmsg
    rm /dev/kmsg
}

step_twenty_good_and_five_broken() {
    local i
    for i in {1..20}; do
        serve "good$i" '[install]' 'wanted-by = "multi-user.target"'
    done
    serve bad1 '[install]' 'wanted-by = "multi-user.target"' && echo 'restrat = "always"' >>/etc/amphid/bad1.toml
    echo '[service' >/etc/amphid/bad2.toml
    serve bad3 && chmod 666 /etc/amphid/bad3.toml
    serve bad4 '[install]' 'required-by = "multi-user.target"' && echo 'kill-signal = 3.5' >>/etc/amphid/bad4.toml
    head -c 2000000 /dev/zero >/etc/amphid/bad5.toml
    expect_match 'the kernel log' "$(run_generator)" '<4>amphid-generator.*bad1.toml has mistakes'
    systemctl daemon-reload
    for i in /run/systemd/generator/*.service; do
        grep -q '^# Generated by amphid from' "$i" || continue
        expect_code 0 systemd-analyze verify "$i"
        expect_equal "what systemd-analyze says of $i" "$output" ''
    done
}

# reboot

step_boot_with_broken_files() {
    local i
    expect_unit multi-user.target ActiveState=active
    for i in {1..20} ; do
        expect_unit "good$i" ActiveState=active SubState=running
    done
    for i in 1 2 3 5; do
        expect_unit "bad$i" ActiveState=failed ExecMainStatus=6
    done
    expect_unit bad4 ActiveState=inactive # nothing is to require a broken file
    expect_code 1 systemctl start bad4
    expect_match 'the journal of bad1' "$(journalctl --quiet -b -o cat -u bad1)" "bad1.toml:[0-9]+:1: error: unknown key 'restrat'"
    expect_match 'the journal of bad2' "$(journalctl --quiet -b -o cat -u bad2)" 'bad2.toml:1:[0-9]+: error'
    expect_match 'the journal of bad3' "$(journalctl --quiet -b -o cat -u bad3)" 'refusing to use .*bad3.toml'
    expect_match 'the journal of bad4' "$(journalctl --quiet -b -o cat -u bad4)" 'bad4.toml:[0-9]+:15: error'
    expect_unit web ActiveState=active
    rm -f /etc/amphid/bad?.toml
    for i in {2..20}; do
        systemctl stop "good$i"
        rm "/etc/amphid/good$i.toml"
    done
    systemctl daemon-reload
    systemctl reset-failed
}

step_mended_file_starts() {
    echo '[service' >/etc/amphid/mended.toml
    systemctl daemon-reload
    expect_code 1 systemctl start mended
    serve mended
    expect_code 0 systemctl start mended
    systemctl stop mended
    rm /etc/amphid/mended.toml
    systemctl daemon-reload
}

step_hardened_example() {
    # Without the three that, with systemd 252 in nspawn, give a unit another boot id than the machine has.
    grep -v '^ProtectKernelTunables\|^ProtectControlGroups\|^ProtectProc' /root/config/hardened.toml >/etc/amphid/hardened.toml
    systemctl daemon-reload
    expect_code 0 systemd-analyze verify /run/systemd/generator/hardened.service
    expect_equal 'what systemd-analyze says' "$output" ''
    expect_code 0 systemd-analyze security --no-pager --threshold=40 hardened.service
    expect_code 0 systemctl start hardened
    expect_code 0 amphid status hardened
    expect_equal 'capabilities of the service' "$(
        sed -n 's/^CapBnd:[[:blank:]]*//p' "/proc/$(state_of hardened main.pid)/status")" 0000000000000000
    expect_equal 'user of the service' "$(ps -o user= -p "$(state_of hardened main.pid)")" nobody
    expect_code 0 systemctl stop hardened
    rm /etc/amphid/hardened.toml
    systemctl daemon-reload
}

manage() {
    in_session tester env "XDG_RUNTIME_DIR=/run/user/$(id -u tester)" "$@"
}

step_user_generator() {
    make_tester
    loginctl enable-linger tester
    await 'the manager of tester' manage systemctl --user is-active default.target
    serve own '[install]' 'wanted-by = "default.target"'
    manage mkdir -p .config/amphid
    mv /etc/amphid/own.toml ~tester/.config/amphid/own.toml
    sed -i 's,/root/scratch/reloads,/tmp/own.reloads,' ~tester/.config/amphid/own.toml
    expect_code 0 manage systemctl --user daemon-reload
    expect_code 0 manage systemctl --user start own
    expect_equal 'state of his unit' "$(manage systemctl --user show --value -p ActiveState own)" active
    expect_code 0 manage amphid status own
    expect_match 'amphid status' "$output" 'Unit: own.service'
    expect_code 0 manage amphid stop own
    expect_code 0 manage amphid start own
    expect_match 'what it says' "$output" 'started by systemd as own.service'
}
