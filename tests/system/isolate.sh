#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# isolate.sh USER HELPER CMD...: runs CMD where tests of processes can be trusted: in a PID namespace
# whose PID 1 (HELPER reaper) reaps every orphan at once, with a /run, /var/log,
# TMPDIR and XDG_RUNTIME_DIR of its own that vanish with it. USER is root, nobody or `self` (whoever calls).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/system/open_path.sh
source "$here/open_path.sh"
umask 022

user=$1 helper=$2
shift 2

isolate_as_root() {
    exec setpriv --pdeathsig KILL unshare --mount --propagation unchanged --pid --fork \
        --kill-child=KILL -- "$BASH" "$here/isolate.sh" "alone-$user" "$helper" "$@"
}

# Nothing that is mounted from here on reaches the host. In a plain chroot, as Debian's builders have
# it, / is no mount point and has no propagation of its own to change: then the whole tree is bound
# below /proc, which is one, and that is the new /.
keep_mounts() {
    local tree=/proc/tree
    if ! mount --make-rprivate / 2>/dev/null; then
        mount --make-rprivate /proc
        mount -t tmpfs -o mode=0755 tmpfs /proc
        mkdir "$tree"
        mount --rbind / "$tree"
        mount --make-rprivate "$tree"
        # shellcheck disable=SC2016  # the shell in there
        set -- chroot "$tree" "$BASH" -c 'cd "$0" && exec "$@"' "$PWD" "$@"
    fi
    exec "$@"
}

# Somebody without privileges gets the PID namespace out of a user namespace, where the host allows it.
isolate_as_self() {
    local namespace=()
    if unshare --user --map-current-user --pid --mount-proc --fork true 2>/dev/null; then
        namespace=(unshare --user --map-current-user --mount --pid --mount-proc --fork --kill-child=KILL --)
    else
        echo "note: no user namespaces here: orphans are reaped by the host's PID 1"
    fi
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    mkdir -m 700 "$scratch/run" "$scratch/state" "$scratch/tmp"
    XDG_RUNTIME_DIR=$scratch/run XDG_STATE_HOME=$scratch/state TMPDIR=$scratch/tmp TEST_TMPDIR=$scratch/tmp \
        setpriv --pdeathsig KILL "${namespace[@]}" "$helper" reaper "$@"
}

# Not below /run: tests of containers cover that with one of their own. Not over the source either.
place_scratch() {
    export TMPDIR=/var/tmp
    [[ $PWD/ != /var/tmp/* ]] || TMPDIR=/tmp
    export TEST_TMPDIR=$TMPDIR
    mount -t tmpfs -o mode=1777 tmpfs "$TMPDIR"
}

run_inside() {
    local uid gid
    mount -t proc proc /proc
    mount -t tmpfs -o mode=0755 tmpfs /run
    [[ ! -d /var/log ]] || mount -t tmpfs -o mode=0755 tmpfs /var/log # logs of daemons without journald
    place_scratch
    mkdir /run/aside
    open_path "$PWD" /run/aside # also root's tests start programs as somebody else
    if [[ $user == inside-root ]]; then
        unset XDG_RUNTIME_DIR
        exec "$helper" reaper "$@"
    fi
    uid=$(id -u nobody) gid=$(id -g nobody)
    mkdir -p /run/user
    mkdir -m 700 "/run/user/$uid" /run/home
    chown "$uid:$gid" "/run/user/$uid" /run/home
    export XDG_RUNTIME_DIR=/run/user/$uid HOME=/run/home USER=nobody LOGNAME=nobody
    cd /run/home
    exec "$helper" reaper setpriv --reuid "$uid" --regid "$gid" --clear-groups "$@"
}

if [[ $user == self ]] && ((EUID == 0)); then user=root; fi
case $user in
    root | nobody) isolate_as_root "$@" ;;
    self) isolate_as_self "$@" ;;
    alone-*) keep_mounts "$BASH" "$here/isolate.sh" "inside-${user#alone-}" "$helper" "$@" ;;
    inside-*) run_inside "$@" ;;
esac
