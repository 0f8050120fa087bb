#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# What the steps of several packages and inits say. Sourced inside a machine.
# shellcheck disable=SC2154  # what inside.sh has set

# serve NAME [LINE...]: a service of the helper's that becomes ready, reloads and stops; the lines
# stand before its table [service].
serve() {
    local name=$1
    shift
    {
        (($# == 0)) || printf '%s\n' "$@"
        printf '%s\n' '[service]' 'type = "notify"' 'reload-signal = "SIGHUP"' \
            'exec-start = ["/usr/local/bin/helper", "serve", "--on", "HUP", "{", "--append-text", "/root/scratch/reloads", "again", "}", "--notify"]'
    } | configure "$name"
}

show() {
    systemctl show --value -p "$2" "$1"
}

# expect_unit UNIT KEY=VALUE...
expect_unit() {
    local unit=$1 pair
    shift
    for pair in "$@"; do
        expect_equal "${pair%%=*} of $unit" "$(show "$unit" "${pair%%=*}")" "${pair#*=}"
    done
}

has_unit() {
    [[ $(show "$1" "${2%%=*}") == "${2#*=}" ]]
}

# remember NAME VALUE, recall NAME: from one step to the next.
remember() {
    printf '%s\n' "$2" >"$scratch/remembered.$1"
}
recall() {
    cat "$scratch/remembered.$1"
}

launcher_of() {
    sed -n 's/^launcher.pid=//p' "/run/amphid/$1/state"
}

# remember_launchers NAME..., expect_same_launchers NAME...: an upgrade leaves them running.
remember_launchers() {
    local name
    for name; do remember "$name" "$(launcher_of "$name")"; done
}
expect_same_launchers() {
    local name
    for name; do
        expect_equal "launcher of $name" "$(launcher_of "$name")" "$(recall "$name")"
        expect_runs "$(recall "$name")"
        expect_code 0 amphid status "$name"
    done
}

# Everything on the disk that bears our name, besides what the tests themselves have put there.
list_traces() {
    find / -xdev \( -path /proc -o -path /sys -o -path /root -o -path /mnt -o -path /var/log -o \
        -path /var/lib/dpkg -o -path /var/lib/rpm -o -path /var/cache -o -path /var/lib/dnf -o \
        -path /tmp -o -path /usr/local \) -prune -o -name '*amphid*' -print
    find /run -name '*amphid*' -not -path '/run/log/*' -not -path '/run/udev/*'
}

list_processes() {
    pgrep -x -l 'amphid|helper' || :
}
