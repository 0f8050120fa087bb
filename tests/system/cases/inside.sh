#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# What the cases say; runs inside a machine. `inside.sh` lists nothing and is sourced; with arguments:
#   inside.sh list            names of all cases
#   inside.sh run CASE        runs one; exit 0 passed, 77 skipped, else failed
# A case is a function case_NAME in a file of this directory. It finds `amphid` and `helper` installed,
# and /run/case for its own files; what it starts is stopped after it, and what it forgot fails it.
set -euo pipefail

cases_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
deadline=20 # seconds, for what takes milliseconds
scratch=/run/case

fail() {
    printf 'FAILED (%s line %s): %s\n' "${FUNCNAME[-2]}" "${BASH_LINENO[-3]}" "$*" >&2
    exit 1
}

skip() {
    printf '%s\n' "$*"
    exit 77
}

# await WHAT CMD...: until CMD succeeds.
await() {
    local what=$1 end=$((SECONDS + deadline))
    shift
    until "$@" >/dev/null 2>&1; do
        if ((SECONDS > end)); then fail "waited $deadline s in vain for $what"; fi
        read -rt 0.02 <> <(:) || :
    done
}

# content_of FILE: of one that may be gone at any moment. Where `$(<FILE)` finds none inside of a
# condition, a bash before 5.3 ends without a word under `set -e`.
content_of() {
    cat "$1" 2>/dev/null || :
}

expect_equal() {
    local what=$1 got=$2 wanted=$3
    [[ $got == "$wanted" ]] || fail "$what is '$got', not '$wanted'"
}

expect_match() {
    local what=$1 got=$2 pattern=$3
    [[ $got =~ $pattern ]] || fail "$what does not match '$pattern': $got"
}

# expect_code CODE CMD...: its output is left in $output, stderr and stdout together.
expect_code() {
    local wanted=$1 code=0
    shift
    output=$("$@" 2>&1) || code=$?
    if ((code != wanted)); then fail "exit code $code, not $wanted, of: $*"$'\n'"$output"; fi
}

# configure NAME: standard input becomes /etc/amphid/NAME.toml.
configure() {
    mkdir -p /etc/amphid
    cat >"/etc/amphid/$1.toml"
}

# configure_helper NAME TYPE STEP...: a service played by the helper.
configure_helper() {
    local name=$1 type=$2 step steps='"/usr/local/bin/helper", "serve"'
    shift 2
    for step in "$@"; do steps+=", \"$step\""; done
    configure "$name" <<TOML
[service]
type = "$type"
exec-start = [$steps]
$([[ " $*" != *' HUP'* || $type == notify-reload ]] || echo 'reload-signal = "SIGHUP"')
TOML
}

# drop_in NAME: standard input is added to amphid@NAME.service.
drop_in() {
    local dir=/run/systemd/system/amphid@$1.service.d
    mkdir -p "$dir"
    cat >"$dir/case.conf"
    systemctl daemon-reload
}

# native: standard input becomes native.service, in which systemd does by itself what amphid is to do.
native() {
    systemctl stop native >/dev/null 2>&1 || :
    cat >/run/systemd/system/native.service
    systemctl daemon-reload
}

# Without systemd's restarts a failure stays to be looked at.
forbid_restart() {
    drop_in "$1" <<<$'[Service]\nRestart=no'
}

property() {
    systemctl show --value -p "$2" "amphid@$1.service"
}

# expect_properties NAME KEY=VALUE...
expect_properties() {
    local name=$1 pair
    shift
    for pair in "$@"; do
        expect_equal "${pair%%=*} of amphid@$name" "$(property "$name" "${pair%%=*}")" "${pair#*=}"
    done
}

has_property() {
    [[ $(property "$1" "${2%%=*}") == "${2#*=}" ]]
}

state_of() {
    sed -n "s/^$2=//p" "${state_dir:-/run/amphid}/$1/state"
}

# expect_state NAME KEY=VALUE...
expect_state() {
    local name=$1 pair
    shift
    for pair in "$@"; do
        expect_equal "${pair%%=*} in the state file of $name" "$(state_of "$name" "${pair%%=*}")" "${pair#*=}"
    done
}

# has_state NAME KEY=VALUE...: all of them in one look at the file.
has_state() {
    local name=$1 pair state
    state=$(cat "${state_dir:-/run/amphid}/$name/state" 2>/dev/null) || return
    shift
    for pair in "$@"; do
        [[ $'\n'$state == *$'\n'"$pair"$'\n'* ]] || return 1
    done
}

# What has been logged in this case. (Not by unit: journald cannot tell that of a process which is
# gone by the time its words are read.)
read_journal() {
    journalctl --sync
    journalctl --quiet --output=cat --after-cursor="$(<"$scratch/cursor")"
}

is_gone() {
    local state
    state=$(awk '/^State:/ { print $2 }' "/proc/$1/status" 2>/dev/null) || return 0
    [[ -z $state || $state == Z ]]
}

expect_gone() {
    is_gone "$1" || fail "process $1 ($(tr '\0' ' ' <"/proc/$1/cmdline")) is still there"
}

expect_runs() {
    ! is_gone "$1" || fail "process $1 is gone"
}

# A login session as sshd would make one: PAM puts it into a scope of its own.
in_session() {
    local user=$1
    shift
    su --login "$user" --command "$(printf '%q ' "$@")"
}

make_tester() {
    id tester >/dev/null 2>&1 || useradd --create-home --shell /bin/bash tester
}

# The programs that cases start; what they call themselves begins with their name, too.
programs='amphid|helper|redis-server|nginx|haproxy|cron|postgres|sshd|php-fpm'
postgresql='/usr/lib/postgresql/[0-9]+/bin'

# Processes of ours that live, one a line: amphid, or a service that a case started.
list_left() {
    local pid
    for pid in $(pgrep -f "^(/usr/(local/)?s?bin/|$postgresql/)?($programs)" || :); do
        is_gone "$pid" || printf '%s %s\n' "$pid" "$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null)"
    done
}

nothing_left() {
    [[ -z $(list_left) ]]
}

clean_up() {
    local pid file
    systemctl stop 'amphid@*.service' native.service >/dev/null 2>&1 || :
    systemctl reset-failed >/dev/null 2>&1 || :
    for file in /run/amphid/*/state /run/user/*/amphid/*/state; do
        [[ -e $file ]] || continue
        pid=$(sed -n 's/^launcher.pid=//p' "$file")
        if [[ -n $pid && $pid != 0 && $(readlink "/proc/$pid/exe") == /usr/local/bin/amphid ]]; then
            kill -TERM "$pid" || :
        fi
    done 2>/dev/null
    if [[ -e /var/lib/systemd/linger/tester ]]; then end_user_manager; fi
    rm -rf /etc/amphid "$scratch" /run/systemd/system/amphid@*.service.d \
        /run/systemd/system/native.service
    systemctl daemon-reload
}

# What a case leaves behind fails it: the stop that it asked for, or the last clean-up, missed something.
sweep() {
    local left
    clean_up
    left=$( (deadline=10 && await 'the end of everything' nothing_left) 2>&1) && return 0
    list_left | while read -r pid _; do kill -KILL "$pid" 2>/dev/null || :; done
    printf 'left behind: %s\n' "$left" >&2
    return 1
}

run_case() {
    local code=0
    rm -rf /run/amphid # may belong to the user of an earlier case, which root would not trust
    mkdir -p "$scratch" /etc/amphid
    chmod 1777 "$scratch"
    journalctl --quiet --lines=0 --show-cursor | sed -n 's/^-- cursor: //p' >"$scratch/cursor"
    (
        cd "$scratch"
        trap '[[ $? == 0 || $? == 77 ]] || list_left' EXIT
        timeout --foreground --kill-after=5 60 "$BASH" "${BASH_SOURCE[0]}" body "$1"
    ) || code=$?
    if ((code != 0 && code != 77)); then
        ((code == 1)) || printf 'the case ended with code %s\n' "$code" >&2
        journalctl --sync
        journalctl --quiet --no-pager --output=short-precise --lines=60 \
            --after-cursor="$(<"$scratch/cursor")" || :
    fi
    sweep || code=1
    return "$code"
}

source_cases() {
    local file
    for file in "$cases_dir"/*.sh; do
        # shellcheck source=/dev/null
        [[ $file == */inside.sh ]] || source "$file"
    done
}

if (($#)); then
    source_cases
    case $1 in
        list) declare -F | sed -n 's/^declare -f case_//p' ;;
        run) run_case "$2" ;;
        body)
            # What ends a case without a word says at least where.
            set -E
            trap 'printf "unexpected code %s in line %s of %s: %s\n" "$?" "$LINENO" "${BASH_SOURCE[0]}" "$BASH_COMMAND" >&2' ERR
            "case_$2"
            ;;
    esac
fi
