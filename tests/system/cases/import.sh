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

# shown FILE: what systemd knows of each fixture.
shown() {
    local units=(/root/units/*.service)
    units=("${units[@]##*/}")
    systemctl daemon-reload
    systemctl show --all "${units[@]/@.service/@one.service}" >"$1"
}

# Prints what differs between two such files: unit, property, values.
compare_shown() {
    python3 - "$1" "$2" <<'PYTHON'
import re, sys

# What amphid does itself, in its own order: systemd is told of amphid instead. And what says where the
# file lies, or what happened to the unit so far.
ours = re.compile(
    "(Type|NotifyAccess|PIDFile|BusName|Kill(Mode|Signal)|(Restart|Final)KillSignal|SendSIG(HUP|KILL)|"
    "RemainAfterExit|User|Group|SupplementaryGroups|(Pass|Unset)?Environment|EnvironmentFiles|"
    "WorkingDirectory|RootDirectory|UMask|CapabilityBoundingSet|AmbientCapabilities|SecureBits|"
    "NoNewPrivileges|IgnoreSIGPIPE|SetLoginEnvironment|SyslogIdentifier|CanReload|CanClean|RequiresMountsFor|FragmentPath|"
    "SourcePath|UnitFile(State|Preset)|NeedDaemonReload)$|"
    "Exec|Timeout|Watchdog|FileDescriptorStore|Reload|Standard|TTY|"
    "(Runtime|State|Cache|Logs|Configuration)Directory|Limit(CPU|FSIZE|DATA|STACK|AS)(Soft)?$|"
    ".*Timestamp(Monotonic)?$")
# MemoryLimit= is the old name of MemoryMax=, and these come with a RuntimeDirectory= or leave with
# directories that amphid makes for another user.
renamed = re.compile("MemoryLimit|(Effective)?MemoryMax|MemoryAvailable")
def counts(word):
    return not word.endswith(".mount") and word not in (
        "systemd-journald.socket", "systemd-remount-fs.service")
def read(path):
    with open(path) as file:
        blocks = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
                  for block in file.read().split("\n\n")]
    return {block["Id"]: block for block in blocks}
before, after = map(read, sys.argv[1:])
for unit in sorted(before):
    one, other = before[unit], after[unit]
    for name in sorted(one.keys() | other.keys()):
        b, a = (sorted(filter(counts, p.get(name, "").split())) for p in (one, other))
        if b != a and not ours.match(name) and not renamed.match(name):
            print(f"{unit} {name}: {b} is {a}")
PYTHON
}

case_imported_fixtures_have_the_properties_of_their_units() {
    local unit name differences
    cp /root/units/*.service /run/systemd/system/
    shown "$scratch/before"
    for unit in /root/units/*.service; do
        unit=${unit##*/} name=${unit##*/}
        name=${name%.service}
        expect_code 0 amphid import "/run/systemd/system/$unit" -o "/etc/amphid/$name.toml"
        expect_code 0 amphid unit "$name"
        printf '%s\n' "$output" >"$scratch/$unit"
    done
    cp "$scratch"/*.service /run/systemd/system/
    shown "$scratch/after"
    for unit in /root/units/*.service; do
        unit=${unit##*/}
        rm "/run/systemd/system/$unit" "/etc/amphid/${unit%.service}.toml"
    done
    systemctl daemon-reload
    differences=$(compare_shown "$scratch/before" "$scratch/after")
    [[ -z $differences ]] || fail "$differences"
}

case_specifiers_mean_what_they_mean_to_systemd() {
    local by_systemd by_amphid specifier words='' file='/run/systemd/system/spec-a@b-c\x2dd.service'
    for specifier in i I n N p P j J t S C L E T V h u U g G s f H l v a m b q o w y Y; do
        words+="$specifier=%$specifier "
    done
    cat >"$file" <<UNIT
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo "\$@" >/run/said' sh $words 100%% %% 5%
UNIT
    systemctl daemon-reload
    expect_code 0 systemctl start 'spec-a@b-c\x2dd.service'
    by_systemd=$(</run/said)
    rm /run/said
    expect_code 0 amphid start --daemon "$file"
    by_amphid=$(</run/said)
    rm /run/said "$file"
    systemctl daemon-reload
    expect_equal 'what the specifiers are' "$by_amphid" "$by_systemd"
}
