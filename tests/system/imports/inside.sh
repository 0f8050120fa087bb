#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# inside.sh NUMBER: one row of units.tsv, where no systemd runs. The first line of its output says what
# was done; when it fails, the rest says why.
set -uo pipefail

IFS=$'\t' read -r _ unit client setup < <(sed -n "${1}p" /rig/units.tsv)
name=${unit%.service}
log=$(mktemp)
patience=60 # seconds, for a client: rspamd takes 8 to begin

fail() {
    printf '%s\n' "$1"
    sed 's/^/| /' "$log"
    exit 1
}

# The client's words: each succeeds once the service does what it is for.
# says PORT TEXT PATTERN: what is answered to TEXT (with escapes) matches PATTERN.
says() {
    timeout 5 python3 -c '
import re, socket, sys
port, text, pattern = sys.argv[1:]
with socket.create_connection(("127.0.0.1", int(port)), 2) as to:
    to.sendall(text.encode().decode("unicode_escape").encode("latin-1"))
    heard = b""
    while not re.search(pattern.encode(), heard, re.M):
        more = to.recv(4096)
        if not more:
            sys.exit(1)
        heard += more' "$1" "$2" "$3" 2>/dev/null
}
http() {
    says "$1" "GET ${2:-/} HTTP/1.0\r\nHost: localhost\r\n\r\n" '^HTTP/1\.[01] [1-5]'
}
# asks PORT: a DNS server answers (a query for the root's name servers, by TCP).
asks() {
    says "$1" '\0\021\0\001\001\0\0\001\0\0\0\0\0\0\0\0\002\0\001' '.'
}
# change NAME LINE...: an administrator's drop-in of [service] for the imported file.
change() {
    mkdir -p "/etc/amphid/$1.toml.d"
    printf '%s\n' '[service]' "${@:2}" >"/etc/amphid/$1.toml.d/change.toml"
}
# A process of that name runs.
runs() {
    pgrep -x "$1" >/dev/null
}
socket() {
    [[ -S $1 ]]
}

await_client() {
    local deadline=$((SECONDS + patience))
    until eval "$client"; do
        ((SECONDS < deadline)) || return 1
        read -rt 0.05 <> <(:) || :
    done
}

# Whether a process is this script or one that it has started and waits for.
is_own() {
    local pid=$1
    while ((pid > 1)); do
        ((pid != $$)) || return 0
        pid=$(sed 's/.*) . \([0-9]*\) .*/\1/' "/proc/$pid/stat" 2>/dev/null) || return 0 # gone since
    done
    return 1
}

# PIDs and names of all other processes.
others() {
    local pid
    for pid in /proc/[1-9]*; do
        pid=${pid#/proc/}
        [[ $pid == 1 ]] || is_own "$pid" ||
            printf '%s %s\n' "$pid" "$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null)"
    done
}

[[ -z ${setup:-} ]] || (eval "$setup") >"$log" 2>&1 || fail 'its setup failed'
before=$(others)
loss=$(amphid import --check "$unit" 2>&1 | head -1)
amphid import "$unit" -o "/etc/amphid/$name.toml" >"$log" 2>&1 || fail 'not imported'
amphid start --daemon "$name" >"$log" 2>&1 || fail 'not started'
did='started'
if [[ ${client:-} != - ]]; then
    await_client || {
        amphid status "$name" >>"$log" 2>&1
        others >>"$log"
        fail "no answer to $client"
    }
    did+=', used'
fi
if amphid unit "$name" 2>/dev/null | grep -q '^ExecReload='; then
    amphid reload "$name" >"$log" 2>&1 || fail 'not reloaded'
    [[ $client == - ]] || await_client || fail "no answer to $client after the reload"
    did+=', reloaded'
fi
amphid stop "$name" >"$log" 2>&1 || fail 'not stopped'
left=$(comm -13 <(sort <<<"$before") <(others | sort))
[[ -z $left ]] || fail "left behind: $left"
printf '%s, stopped; %s\n' "$did" "$loss"
