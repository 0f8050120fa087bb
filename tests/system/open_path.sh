#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# Sourced, not run, in a mount namespace that is private and by root.

# open_path PATH ASIDE: makes the way to a path passable for everybody: the first closed directory on
# it (a home, say) is covered by a passable one that holds nothing but the way. ASIDE is an empty
# directory, where the path is put meanwhile.
open_path() {
    local path=$1 aside=$2 part closed='' IFS=/
    for part in $path; do
        [[ -n $part ]] || continue
        closed+=/$part
        if (((8#$(stat -c %a "$closed") & 1) == 0)); then
            mount --bind "$path" "$aside"
            mount -t tmpfs -o mode=0755 tmpfs "$closed"
            mkdir -p "$path"
            mount --move "$aside" "$path"
            return
        fi
    done
}
