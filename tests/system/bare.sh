#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# bare.sh SUITE CMD...: runs CMD in a copy of the source tree on a machine that has nothing: a freshly
# bootstrapped minbase of Debian SUITE with git, as its root. apt works there. What CMD leaves in
# /out is kept in build/rig/out/SUITE; all else vanishes.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/system/trees.sh
source "$here/trees.sh"

home=/root/amphid # where somebody might have cloned to: not readable by others

list_source() {
    git ls-files --cached --others --exclude-standard -z 2>/dev/null ||
        find . -path ./build -prune -o -path ./.git -prune -o -type f -print0
}

mount_kernel() {
    local root=$1 name
    mount -t proc proc "$root/proc"
    mount --rbind --make-rslave /sys "$root/sys"
    mount --rbind --make-rslave /dev "$root/dev"
    mount -t tmpfs -o mode=0755 tmpfs "$root/run"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    # A package that is on the disk is not downloaded again, nor by a rig in there.
    for name in archives:/var/cache/apt/archives lists:/var/lib/apt/lists out:/out; do
        mkdir -p "$rig_dir/${name%%:*}/$suite/partial" "$root${name#*:}"
        mount --bind "$rig_dir/${name%%:*}/$suite" "$root${name#*:}"
    done
    mkdir -p "$root$home/build/rig/debs" "$rig_dir/debs"
    mount --bind "$rig_dir/debs" "$root$home/build/rig/debs"
}

copy_in() {
    local root=$1
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    print_apt_options >"$root/etc/apt/apt.conf.d/90amphid-host"
    mkdir -p "$root$home"
    list_source | tar --create --null --files-from=- --ignore-failed-read 2>/dev/null |
        tar --extract --directory="$root$home"
}

# Runs as PID 1 of a PID namespace, in a mount namespace of its own. The root is switched, not only
# changed: machines can be booted from inside.
enter_bare() {
    local tree=$1 room root
    shift
    room=$rig_dir/bare/$suite
    root=$room/root
    mkdir -p "$room"
    mount -t tmpfs -o mode=0755 tmpfs "$room"
    mkdir -p "$room/upper" "$room/work" "$root"
    mount -t overlay overlay -o "lowerdir=$tree,upperdir=$room/upper,workdir=$room/work" "$root"
    mount_kernel "$root"
    copy_in "$root"
    mkdir -p "$root/.old"
    cd "$root"
    pivot_root . .old
    umount --lazy /.old
    cd "$home"
    # shellcheck disable=SC2016
    exec env -i HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        bash -c '"$@"; exit $?' bare "$@"
}

suite=$1
shift
if [[ ${1:-} == --inside ]]; then
    enter_bare "${@:2}"
fi
tree=$(make_tree "$suite" bare)
exec setpriv --pdeathsig KILL unshare --mount --propagation private --pid --mount-proc --fork \
    --kill-child=KILL -- "$BASH" "${BASH_SOURCE[0]}" "$suite" --inside "$tree" "$@"
