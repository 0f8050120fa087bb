#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# Root trees of Debian below build/rig, made by mmdebstrap and never written to afterwards: whoever
# runs something in one puts an overlay on top. Sourced, not run. Needs root.
#
#   make_tree SUITE KIND    makes the tree unless it is there, prints its path
#
# KIND `machine` boots systemd; `services` does, too, and has the programs of the tests and of config/
# installed (never started), on bookworm also those of docs/recipes.md; `bare` is Debian's minbase with
# git: what a fresh machine has, and nothing else; `rpm` boots systemd and has rpm and dnf; `openrc` and
# `sysv` boot those; `podman` boots systemd and runs containers; `wide` has every package of tests/system/imports/units.tsv.

rig_dir=${AMPHID_RIG_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/rig}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# The first column of the table, once each, and who talks to them.
list_wide_packages() {
    local table=${BASH_SOURCE[0]%/*}/imports/units.tsv
    printf 'systemd,dbus,procps,python3,%s\n' \
        "$(awk -F'\t' '!/^#/ && NF && !seen[$1]++ { print $1 }' "$table" | paste -sd,)"
}

# list_packages SUITE KIND: the packages of a tree; a changed list is a changed tree.
list_packages() {
    case $2 in
        machine) echo systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd,procps,adduser ;;
        services)
            echo "$(list_packages "$1" machine),redis-server,memcached,nginx,haproxy,cron,postgresql,openssh-server,openssh-client,python3,python3-systemd,python3-sdnotify$([[ $1 != bookworm ]] || echo ,php8.2-fpm,logrotate,monit,ansible-core)"
            ;;
        bare) echo git ;;
        rpm)
            echo systemd,systemd-sysv,dbus,procps,adduser,rpm,dnf,createrepo-c
            ;;
        openrc) echo sysvinit-core,openrc,procps ;;
        sysv) echo sysvinit-core,sysv-rc,initscripts,insserv,procps,lsb-base ;;
        podman) echo "$(list_packages "$1" machine),podman,runc,crun,conmon,netavark,catatonit" ;;
        wide) list_wide_packages ;;
        *) die "no tree of kind '$2'" ;;
    esac
}

# list_programs SUITE KIND: single programs of packages that would bring too much, as PACKAGE:PATH.
list_programs() {
    [[ $1-$2 != bookworm-services ]] || echo prometheus:usr/bin/promtool
}

# The host's way to the mirror (proxies, a clock that is off) holds in the trees too.
print_apt_options() {
    apt-config dump 2>/dev/null |
        grep -E '^Acquire::(http|https|Check-Valid-Until|Check-Date|Retries)[: ].*"[^"]+";$' || true
}

# Stops what a package enabled from starting when the machine boots: tests start services themselves.
mask_services() {
    local tree=$1 service
    [[ -d $tree/etc/systemd/system ]] || return 0
    for service in redis-server memcached nginx haproxy cron postgresql ssh php8.2-fpm monit; do
        ln -sf /dev/null "$tree/etc/systemd/system/$service.service"
    done
}

run_mmdebstrap() {
    local suite=$1 kind=$2 tree=$3 debs=$rig_dir/debs/$1
    mkdir -p "$debs"
    print_apt_options >"$tree.apt.conf"
    # Packages that were downloaded once are copied in before, and new ones out after.
    # In a mount namespace of its own: what it mounts in the tree is gone with it, killed or not.
    # shellcheck disable=SC2016  # "$1" is the tree, for mmdebstrap's shell
    DEBS=$debs PROGRAMS=$(list_programs "$suite" "$kind") unshare --mount --propagation private \
        mmdebstrap --mode=root --variant=minbase --aptopt="$tree.apt.conf" \
        --skip=essential/unlink --include="$(list_packages "$suite" "$kind")" \
        --setup-hook='mkdir -p "$1/var/cache/apt/archives/"' \
        --setup-hook='find "$DEBS" -name "*.deb" -exec cp -a -t "$1/var/cache/apt/archives/" {} +' \
        --customize-hook='cd "$1/var/cache/apt/archives" && for program in $PROGRAMS; do
            package=${program%%:*}
            ls "$package"_*.deb || APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get download "$package"
            dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x -C "$1" "./${program#*:}"
        done' \
        --customize-hook='find "$1/var/cache/apt/archives" -maxdepth 1 -name "*.deb" -exec cp -an -t "$DEBS" {} +' \
        "$suite" "$tree"
}

make_tree() {
    local suite=$1 kind=$2 tree=$rig_dir/trees/$1-$2 stamp
    stamp=$(list_packages "$suite" "$kind" && list_programs "$suite" "$kind")
    mkdir -p "$rig_dir/trees"
    (
        flock 9
        if [[ ! -f $tree.done || $(<"$tree.done") != "$stamp" ]]; then
            rm -rf --one-file-system "$tree" "$tree.done"
            if ! run_mmdebstrap "$suite" "$kind" "$tree" >"$tree.log" 2>&1 9>&-; then
                tail -20 "$tree.log" >&2
                die "mmdebstrap of $suite failed; the whole of it is in $tree.log"
            fi
            mask_services "$tree"
            printf '%s\n' "$stamp" >"$tree.done"
        fi
    ) 9>"$tree.lock" || return
    printf '%s\n' "$tree"
}
