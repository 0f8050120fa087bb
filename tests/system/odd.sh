#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# odd.sh CMD...: runs CMD with nothing as a fresh login shell has it: niced, signals ignored as by
# nohup, standard input closed and a strange descriptor open, a tight umask, other limits, priorities,
# language and time zone, and what a service's shell has inherited from systemd.
set -euo pipefail

trap '' HUP INT QUIT PIPE USR1 # what is ignored here stays so in CMD
umask 077
ulimit -Sc "$(ulimit -Hc)"
ulimit -Sn 256
export LANG=C LC_ALL=C TZ=Asia/Kathmandu NO_COLOR=1
export NOTIFY_SOCKET=/nowhere INVOCATION_ID=0123456789abcdef0123456789abcdef LISTEN_FDS=1 \
    LISTEN_PID=$$ JOURNAL_STREAM=1:2 WATCHDOG_USEC=1 MAINPID=1
unset TERM
exec 7</etc/passwd <&-
exec nice -n 5 ionice --class 3 choom --adjust 100 -- "$@"
