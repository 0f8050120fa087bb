#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# Machines with a real systemd as PID 1, on any host, whatever its own init and cgroup layout are.
# Sourced, not run. Needs root. A machine lives exactly as long as the shell that booted it: leave
# that shell by any road and its processes, mounts and cgroups are gone.
#
#   explain_missing_rig        prints why no machine can be booted here; fails when one can
#   boot_machine NAME SUITE [KIND]
#                              boots a tree of Debian SUITE as NAME (KIND: trees.sh, `machine` by
#                              default); returns when its boot is finished
#   reboot_machine NAME        boots it again, with the files that it has by now
#   run_in NAME CMD...         runs CMD in the machine, in no unit; its exit code is CMD's
#   copy_to NAME SRC DEST      copies a file of the host into the machine
#   halt_machine NAME          powers the machine off and waits for its end

# shellcheck source=tests/system/trees.sh
source "$(dirname "${BASH_SOURCE[0]}")/trees.sh"

declare -A machine_launcher=() # NAME -> PID of systemd-nspawn on the host
declare -A machine_leader=()   # NAME -> PID of the machine's PID 1 on the host
declare -A machine_kind=()     # NAME -> the kind of its tree
boot_deadline=60               # seconds
halt_deadline=20

explain_missing_rig() {
    local command
    if ((EUID != 0)); then
        echo "booting a systemd machine needs root"
        return 0
    fi
    for command in systemd-nspawn mmdebstrap nsenter unshare; do
        if ! command -v "$command" >/dev/null; then
            echo "$command is not installed (script/setup --rig)"
            return 0
        fi
    done
    if ! unshare --mount --propagation private true 2>/dev/null; then
        echo "this host allows no mount namespaces (no CAP_SYS_ADMIN)"
        return 0
    fi
    return 1
}

# A breath between two looks at a condition that has no event to wait for.
breathe() {
    read -rt 0.02 <> <(:) || :
}

# await SECONDS WHAT CMD...: until CMD succeeds; says what was awaited when it does not.
await() {
    local seconds=$1 what=$2
    local deadline=$((SECONDS + seconds))
    shift 2
    until "$@"; do
        if ((SECONDS > deadline)); then
            printf 'waited %s s in vain for %s\n' "$seconds" "$what" >&2
            return 1
        fi
        breathe
    done
}

machine_dir() {
    printf '%s\n' "$rig_dir/machines/$1.$$"
}

# Runs in a mount namespace of its own: an overlay keeps the tree untouched, and a pure cgroup2 mount
# lets nspawn and the systemd inside see a unified host. The own cgroup keeps two machines apart:
# nspawn calls the payload's cgroup `payload`, below the one it was started in.
start_nspawn() {
    local name=$1 tree=$2 dir=$3 cgroup=/sys/fs/cgroup/$4 private=$3/private root=$3/private/root
    shift 4
    mount -t tmpfs -o mode=0755 tmpfs "$private"
    mkdir -p "$private/upper" "$private/work" "$root"
    mount -t overlay overlay -o "lowerdir=$tree,upperdir=$private/upper,workdir=$private/work" "$root"
    : >"$root/etc/machine-id"
    umount -R /sys/fs/cgroup
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    mkdir -p "$cgroup"
    unset NOTIFY_SOCKET
    local code=133 # by which nspawn asks to be started again: the machine reboots
    while ((code == 133)); do
        code=0
        (
            echo "$BASHPID" >"$cgroup/cgroup.procs"
            exec systemd-nspawn --quiet --boot --directory="$root" --machine="$name" --register=no \
                --keep-unit --console=pipe --private-network --bind="$dir/share:/mnt/share" "$@"
        ) || code=$?
    done
}

machine_cgroup() {
    printf 'amphid-rig.%s.%s\n' "$1" "$$"
}

# The PID namespace is ours, nspawn is PID 1 in it, and the leader is PID 1 of one further in.
find_leader() {
    local child children=()
    read -ra children 2>/dev/null <"/proc/$1/task/$1/children" || : # no newline at its end
    for child in "${children[@]}"; do
        if awk '/^NSpid:/ { exit !($NF == 1 && NF == 4) }' "/proc/$child/status" 2>/dev/null; then
            echo "$child"
            return 0
        fi
        find_leader "$child" && return 0
    done
    return 1
}

find_machine() {
    local leader
    leader=$(find_leader "${machine_launcher[$1]}") || return 1
    machine_leader[$1]=$leader
}

# What another init than systemd says: in runlevel 2, and none of its scripts at work any more.
is_booted_without_systemd() {
    # shellcheck disable=SC2016
    run_in "$1" sh -c '[ "$(runlevel)" = "N 2" ] && ! pgrep -f "^[^ ]*(sh|openrc) (.*/)?(rc|openrc)( |$)"' \
        >/dev/null 2>&1
}

is_booted() {
    local state
    if [[ ${machine_kind[$1]} == @(openrc|sysv) ]]; then
        is_booted_without_systemd "$1"
        return
    fi
    state=$(run_in "$1" systemctl is-system-running --wait 2>/dev/null) || :
    [[ $state == running || $state == degraded ]]
}

# What a machine may do beyond nspawn's own rules: containers in it need nearly everything.
list_machine_options() {
    [[ $1 != podman ]] || printf '%s\n' --capability=all '--system-call-filter=bpf @keyring'
}

boot_machine() {
    local name=$1 suite=$2 kind=${3:-machine} tree dir options
    tree=$(make_tree "$suite" "$kind") || return
    machine_kind[$name]=$kind
    dir=$(machine_dir "$name")
    remove_remains
    mkdir -p "$dir/share" "$dir/private"
    readarray -t options < <(list_machine_options "$kind")
    [[ -n $(trap -p EXIT) ]] || trap halt_machines EXIT # else its owner calls halt_machines
    # The PID namespace ends with its launcher, and the launcher with this shell, killed or not.
    setpriv --pdeathsig KILL setsid unshare --mount --propagation private --pid --mount-proc \
        --fork --kill-child=KILL -- \
        "$BASH" -c "$(declare -f start_nspawn); set -euo pipefail; start_nspawn \"\$@\"" \
        nspawn "$name" "$tree" "$dir" "$(machine_cgroup "$name")" "${options[@]}" \
        </dev/null >"$dir/console" 2>&1 &
    machine_launcher[$name]=$! # unshare: each program of that line became the next one
    if ! await "$boot_deadline" "systemd-nspawn of $name" find_machine "$name" ||
        ! await "$boot_deadline" "the boot of $name" is_booted "$name"; then
        cat "$dir/console" >&2
        return 1
    fi
}

find_next_leader() {
    local before=$2
    find_machine "$1" && [[ ${machine_leader[$1]} != "$before" ]]
}

reboot_machine() {
    local name=$1 leader=${machine_leader[$1]}
    run_in "$name" reboot >/dev/null 2>&1 || :
    await "$boot_deadline" "the end of $name" has_ended "$leader" &&
        await "$boot_deadline" "the next PID 1 of $name" find_next_leader "$name" "$leader" &&
        await "$boot_deadline" "the next boot of $name" is_booted "$name"
}

# A process outside of the machine's root cgroup shows there as "/../..", which systemd 256 and later
# refuse to look at: so move into a cgroup below it first, beside the units, in none of them.
run_in() {
    local name=$1 leader=${machine_leader[$1]} launcher=${machine_launcher[$1]}
    shift
    (
        # shellcheck disable=SC2016  # $1 and $2 are the inner shell's
        nsenter -t "$launcher" -m sh -c '
            mkdir -p "$1" && echo "$2" >"$1/cgroup.procs"' sh \
            "/sys/fs/cgroup/$(machine_cgroup "$name")/payload/rig" "$BASHPID" 2>/dev/null || :
        exec nsenter -t "$leader" -m -u -i -n -p -C env -i LANG=C.UTF-8 HOME=/root TERM=dumb \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
    )
}

copy_to() {
    local name=$1 source=$2 target=$3 share
    share=$(machine_dir "$name")/share
    cp --dereference --preserve=mode "$source" "$share/incoming"
    run_in "$name" mv /mnt/share/incoming "$target"
}

# Ended, or a zombie that this shell has yet to wait for.
has_ended() {
    local state
    state=$(awk '/^State:/ { print $2 }' "/proc/$1/status" 2>/dev/null) || return 0
    [[ -z $state || $state == Z ]]
}

ask_to_power_off() {
    if [[ ${machine_kind[$1]} == @(openrc|sysv) ]]; then
        run_in "$1" shutdown -h now >/dev/null 2>&1 || :
    else
        kill -s RTMIN+4 "$2" 2>/dev/null || : # systemd's word for poweroff.target
    fi
}

halt_machine() {
    local name=$1 leader=${machine_leader[$1]:-} launcher=${machine_launcher[$1]}
    if [[ -n $leader ]]; then
        ask_to_power_off "$name" "$leader"
        await "$halt_deadline" "the end of machine $name" has_ended "$launcher" || :
    fi
    kill -KILL "$launcher" 2>/dev/null || : # the machine dies with it
    wait "$launcher" 2>/dev/null || :
    unset "machine_leader[$name]" "machine_launcher[$name]"
    remove_cgroups "$(machine_cgroup "$name")"
    rm -rf --one-file-system "$(machine_dir "$name")"
}

halt_machines() {
    local name
    for name in "${!machine_launcher[@]}"; do
        halt_machine "$name"
    done
}

# What a killed script could not clean: directories and (empty) cgroups that bear a dead shell's PID.
remove_remains() {
    local path
    for path in "$rig_dir"/machines/*.* /sys/fs/cgroup/amphid-rig.* /sys/fs/cgroup/*/amphid-rig.*; do
        [[ -d $path && ! -d /proc/${path##*.} ]] || continue
        if [[ $path == /sys/* ]]; then
            remove_cgroups "${path##*/}"
        else
            rm -rf --one-file-system "$path"
        fi
    done
}

# Its cgroups are empty now. They are seen through any cgroup2 mount, and nspawn mirrors them into
# the name=systemd tree of a host with the older layout.
remove_cgroups() {
    # shellcheck disable=SC2016
    unshare --mount --propagation private -- sh -c '
        find /sys/fs/cgroup/*/"$1" -depth -type d -exec rmdir {} + 2>/dev/null
        umount -R /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup
        find /sys/fs/cgroup/"$1" -depth -type d -exec rmdir {} + 2>/dev/null' sh "$1" || :
}
