#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# chroot.sh USER CMD...: runs CMD as USER (root or nobody) in a plain chroot, where Debian's builders
# run: / is a directory and no mount point, nothing may unshare a user namespace there. What is in it is
# the host's own. Needs root.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/system/open_path.sh
source "$here/open_path.sh"

fill_root() {
    local root=$1 entry
    for entry in /*; do
        if [[ -L $entry ]]; then
            cp -P "$entry" "$root$entry"
        elif [[ -d $entry ]]; then
            mkdir "$root$entry"
            mount --rbind "$entry" "$root$entry"
        fi
    done
}

enter_chroot() {
    local user=$1 root=$2 as_user=()
    shift 2
    mkdir "$root/aside"
    open_path "$PWD" "$root/aside"
    rmdir "$root/aside"
    fill_root "$root"
    if [[ $user != root ]]; then
        as_user=(setpriv --reuid "$(id -u "$user")" --regid "$(id -g "$user")" --clear-groups
            env HOME=/ USER="$user" LOGNAME="$user")
    fi
    # shellcheck disable=SC2016  # the shell in there
    exec chroot "$root" "${as_user[@]}" "$BASH" -c 'cd "$0" && exec "$@"' "$PWD" "$@"
}

if [[ $1 == --inside ]]; then enter_chroot "${@:2}"; fi
user=$1
shift
root=$(mktemp -d)
trap 'find "$root" -mindepth 1 -maxdepth 1 -type l -delete && rmdir "$root"/* "$root"' EXIT
chmod 755 "$root"
setpriv --pdeathsig KILL unshare --mount --propagation slave \
    "$BASH" "$here/chroot.sh" --inside "$user" "$root" "$@"
