#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# Conditions, drop-ins of the vendor's directories and templates under systemd; a unit and what the
# import makes of it, property by property.
# shellcheck disable=SC2154  # what inside.sh has set

# generated NAME: the unit that a generator would make of what NAME is now.
generated() {
    amphid unit "$1" >"/run/systemd/system/$1.service"
    systemctl daemon-reload
}

case_conditions_are_the_units_and_mean_the_same() {
    local kind
    cat >/etc/amphid/cond.toml <<'TOML'
[unit]
condition-path-exists = ["|/nowhere", "|/etc"]
condition-path-is-mount-point = "/proc"
condition-virtualization = "container"
condition-kernel-version = ">=3.0"
condition-architecture = "native"
assert-path-is-directory = "/etc"
[service]
type = "oneshot"
remain-after-exit = true
exec-start = "/bin/true"
TOML
    generated cond
    expect_code 0 systemctl start cond
    expect_equal 'ConditionResult' "$(systemctl show --value -p ConditionResult cond)" yes
    expect_equal 'AssertResult' "$(systemctl show --value -p AssertResult cond)" yes
    systemctl stop cond
    # What systemd says of each kind, amphid says, too.
    for kind in path-exists=/nowhere virtualization=vm virtualization=no security=selinux \
        cpus='>=4096' memory='>=1P' kernel-command-line=nowhere user=nobody ac-power=false; do
        printf '[unit]\ncondition-%s = "%s"\n[service]\ntype = "oneshot"\nexec-start = "/bin/true"\n' \
            "${kind%%=*}" "${kind#*=}" >/etc/amphid/cond.toml
        generated cond
        systemctl start cond
        if [[ $(systemctl show --value -p ConditionResult cond) == no ]]; then
            expect_match "$kind" "$(amphid start --daemon cond 2>&1)" 'start skipped'
        else
            [[ $(amphid start --daemon cond 2>&1) != *skipped* ]] || fail "$kind is skipped"
        fi
    done
}

case_a_vendors_file_with_drop_ins_and_a_template() {
    mkdir -p /usr/lib/amphid /etc/amphid/vend@.toml.d
    cat >/usr/lib/amphid/vend@.toml <<'TOML'
[service]
type = "oneshot"
remain-after-exit = true
exec-start = ["/bin/sh", "-c", "echo %i $$AMPHID_INSTANCE $$MORE >/run/vend"]
TOML
    printf '[service]\nenvironment = "MORE=more"\n' >/etc/amphid/vend@.toml.d/10.toml
    expect_code 0 amphid start --daemon vend@one
    expect_equal 'what it was told' "$(</run/vend)" 'one one more'
    expect_code 0 amphid stop vend@one
    expect_match 'cat' "$(amphid cat vend@one)" '/etc/amphid/vend@.toml.d/10.toml'
    ln -s /dev/null /etc/amphid/vend@.toml
    expect_code 6 amphid start --daemon vend@one
    rm /etc/amphid/vend@.toml /usr/lib/amphid/vend@.toml
    rm -r /etc/amphid/vend@.toml.d
}

case_an_imported_unit_has_the_properties_of_the_unit() {
    local property
    cat >/run/systemd/system/native.service <<'UNIT'
[Unit]
Description=A native unit
After=network.target
StartLimitBurst=7
[Service]
Type=simple
ExecStart=/bin/sleep infinity
Restart=on-failure
RestartSec=3
LimitNOFILE=4096
OOMScoreAdjust=100
Nice=3
PrivateTmp=yes
ProtectSystem=full
ProtectHome=read-only
MemoryMax=50M
TasksMax=100
UNIT
    systemctl daemon-reload
    expect_code 0 amphid import native -o /etc/amphid/again.toml
    generated again
    for property in Description StartLimitBurst Restart RestartUSec LimitNOFILE OOMScoreAdjust Nice \
        PrivateTmp ProtectSystem ProtectHome MemoryMax TasksMax; do
        expect_equal "$property" "$(systemctl show --value -p "$property" again)" \
            "$(systemctl show --value -p "$property" native)"
    done
    expect_code 0 systemctl start again
    systemctl stop again
    rm /run/systemd/system/native.service
}
