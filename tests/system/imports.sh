#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# imports.sh SUITE KIND [PATTERN]: units of real packages (tests/system/imports/units.tsv), imported,
# started, used, reloaded and stopped where no systemd runs: each alone in namespaces of its own, over
# a tree of that KIND (trees.sh). `services` runs what CI's tree has, `wide` has every package.
# AMPHID_IMPORTS_REPORT: a file for a line of each unit.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
# shellcheck source=tests/system/stages.sh
source "$here/stages.sh"
# shellcheck source=tests/system/trees.sh
source "$here/trees.sh"

amphid=${AMPHID:-build/release/amphid}
helper=${AMPHID_HELPER:-build/dev/tests/helper}

# What a host without systemd has when its boot is over. Runs in namespaces of its own.
fill_root() {
    local tree=$1 private=$2 root=$2/root
    mount -t tmpfs -o mode=0755 tmpfs "$private"
    mkdir -p "$private/upper" "$private/work" "$root"
    mount -t overlay overlay -o "lowerdir=$tree,upperdir=$private/upper,workdir=$private/work" "$root"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    mkdir -p "$root/etc/amphid" "$root/rig"
    install -m 755 "$amphid" "$root/usr/bin/amphid"
    install -m 755 "$helper" "$root/rig/helper"
    install -m 755 tests/system/imports/inside.sh tests/system/imports/units.tsv "$root/rig"
    find "$root/etc/systemd/system" -maxdepth 1 -lname /dev/null -delete # what the tree masks
    hostname rig
    printf '127.0.0.1 localhost rig\n::1 localhost\n' >"$root/etc/hosts"
    ip link set lo up
    ip link add rig0 type veth peer name rig1 # some serve no loopback
    ip addr add 192.0.2.1/24 dev rig0
    ip link set rig0 up
    ip link set rig1 up
}

# run_unit ROOT NUMBER: the row of the table with that number.
run_unit() {
    local root=$1 number=$2
    # shellcheck disable=SC2016  # the shell in there
    setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child=KILL -- bash -c '
        mount -t proc proc "$1/proc" && mount -t tmpfs -o mode=0755 tmpfs "$1/run"
        mkdir -m 1777 "$1/run/lock"
        exec chroot "$1" /usr/bin/env -i LANG=C.UTF-8 HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \
            /rig/helper reaper /bin/bash /rig/inside.sh "$2"' bash "$root" "$number" </dev/null
}

# The package is in the tree.
is_installed() {
    [[ -e $1/var/lib/dpkg/info/${2%%,*}.list || -e $1/var/lib/dpkg/info/${2%%,*}:amd64.list ]]
}

run_units() {
    local tree=$1 private=$2 pattern=$3 number=0 package unit output code=0 status=0
    fill_root "$tree" "$private"
    while IFS=$'\t' read -r package unit _; do
        number=$((number + 1))
        [[ -n $package && $package != '#'* && $unit == *"$pattern"* ]] || continue
        is_installed "$private/root" "$package" || continue
        code=0
        output=$(run_unit "$private/root" "$number" 2>&1) || code=$?
        printf '%s: %s (%s)\n' "$([[ $code == 0 ]] && echo passed || echo FAILED)" "$unit" \
            "${output%%$'\n'*}" | tee -a "${AMPHID_IMPORTS_REPORT:-/dev/null}"
        if ((code)); then
            printf '    %s\n' "${output//$'\n'/$'\n'    }"
            report 0 1 0
            status=1
        else
            report 1 0 0
        fi
    done <tests/system/imports/units.tsv
    return "$status"
}

if [[ $1 == --inside ]]; then
    run_units "${@:2}"
    exit
fi
suite=$1 kind=$2 pattern=${3:-}
tree=$(make_tree "$suite" "$kind")
mkdir -p "$rig_dir/machines"
private=$(mktemp -d "$rig_dir/machines/imports.XXXXXX")
trap 'rmdir "$private"' EXIT
setpriv --pdeathsig KILL unshare --mount --propagation private --net --uts --ipc -- \
    "$BASH" "$here/imports.sh" --inside "$tree" "$private" "$pattern"
