#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# load.sh LOOPS CMD...: runs CMD at nice 5 beside LOOPS busy loops, as on a machine that has more to do
# than it can. The loops end with this shell, however that ends, and after half an hour in any case.
set -euo pipefail

loops=$1
shift
# Each in a session of its own: the kernel may share the processors out by session (autogroups).
loop='while ((SECONDS < 1800)); do :; done'
pids=()
trap '((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null || :' EXIT
for ((i = 0; i < loops; ++i)); do
    setpriv --pdeathsig KILL setsid "$BASH" -c "$loop" </dev/null >/dev/null 2>&1 &
    pids+=($!)
done
code=0
nice -n 5 "$@" || code=$?
exit "$code"
