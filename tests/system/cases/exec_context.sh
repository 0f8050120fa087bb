#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# systemd.exec(5), key by key: what a directive gives a service of systemd's own ExecStart=, and what
# the key gives the same program under amphid, as a daemon, under amphid@.service and under a generated
# unit. The tables of what the program finds must be equal.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

# What the program's record says of everything that the keys set.
read_facts() {
    local status='Uid|Gid|Groups|CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Cpus_allowed_list|SigBlk|SigIgn'
    local env='HOME|USER|LOGNAME|SHELL|LANG|TERM|[A-Z]|[A-Z]+_DIRECTORY'
    # The unit's own directory for the launcher's files stays in a foreground service's environment.
    grep -E "^(status\.($status)|limit\.[a-z]+|nice|oom-score-adjust|sched|ioprio|timer-slack|secure-bits|umask|cwd|env\.($env))=" \
        "$scratch/record" | grep -v '^env.RUNTIME_DIRECTORY=/run/amphid/web$' | sort
    if (($#)); then stat -c '%n %a %U:%G' "$@"; fi
}

# start_native DIRECTIVE...: the program as a unit of systemd's own.
start_native() {
    local directive properties=()
    for directive in "$@"; do properties+=("--property=$directive"); done
    rm -f "$scratch/record"
    expect_code 0 systemd-run --quiet --collect --unit=native --service-type=notify "${properties[@]}" \
        /usr/local/bin/helper serve --record "$scratch/record" --notify
}

# The shell of a daemon's start is a service, so that limits and capabilities are those of the others.
start_daemon() {
    rm -f "$scratch/record"
    expect_code 0 systemd-run --quiet --collect --wait --pipe --service-type=exec \
        --property=KillMode=process bash -c 'amphid start --daemon web; exit $?'
}

# The unit that `amphid unit` prints, in place of the generator's.
start_generated() {
    rm -f "$scratch/record"
    amphid unit web >/run/systemd/system/web.service
    systemctl daemon-reload
    expect_code 0 systemctl start web
}

stop_generated() {
    expect_code 0 systemctl stop web
    rm /run/systemd/system/web.service
    systemctl daemon-reload
}

# compare KEYS DIRECTIVE...: four starts, four tables; `watched` are paths to look at, too.
compare() {
    local keys=$1 native daemon unit generated
    shift
    configure_helper web notify --record "$scratch/record" --notify
    printf '%s\n' "$keys" >>/etc/amphid/web.toml
    start_native "$@"
    native=$(read_facts "${watched[@]}")
    # Newer versions set USER also where no User= is.
    if [[ $keys != *user\ =* ]]; then native=$(grep -v '^env.USER=' <<<"$native"); fi
    expect_code 0 systemctl stop native
    start_daemon
    daemon=$(read_facts "${watched[@]}")
    expect_code 0 amphid stop web
    rm -f "$scratch/record"
    expect_code 0 systemctl start amphid@web
    unit=$(read_facts "${watched[@]}")
    if [[ $keys != *user\ =* ]]; then unit=$(grep -v '^env.USER=' <<<"$unit"); fi
    expect_code 0 systemctl stop amphid@web
    start_generated
    generated=$(read_facts "${watched[@]}")
    if [[ $keys != *user\ =* ]]; then generated=$(grep -v '^env.USER=' <<<"$generated"); fi
    stop_generated
    expect_table "$keys: as a daemon" "$daemon" "$native"
    expect_table "$keys: under the generated unit" "$generated" "$native"
    expect_table "$keys: under amphid@.service" "$unit" "$native"
}

expect_table() {
    [[ $2 == "$3" ]] || fail "$1 differs from systemd (>):"$'\n'"$(diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"))"
}

watched=()

case_exec_nothing_set() {
    compare ''
}

case_exec_identity() {
    compare 'user = "daemon"' User=daemon
    compare $'user = "1"\ngroup = "games"\nsupplementary-groups = ["adm", "video"]' \
        User=1 Group=games 'SupplementaryGroups=adm video'
    compare 'user = "root"' User=root
    compare 'group = "games"' Group=games
    make_tester
    compare 'user = "tester"' User=tester
}

case_exec_capabilities() {
    compare 'capability-bounding-set = ["CAP_CHOWN", "CAP_KILL"]' 'CapabilityBoundingSet=CAP_CHOWN CAP_KILL'
    compare 'capability-bounding-set = "~CAP_CHOWN CAP_KILL"' 'CapabilityBoundingSet=~CAP_CHOWN CAP_KILL'
    compare $'user = "daemon"\nambient-capabilities = "CAP_NET_BIND_SERVICE"' \
        User=daemon AmbientCapabilities=CAP_NET_BIND_SERVICE
    compare $'user = "daemon"\nambient-capabilities = "CAP_CHOWN"\ncapability-bounding-set = "CAP_CHOWN CAP_KILL"' \
        User=daemon AmbientCapabilities=CAP_CHOWN 'CapabilityBoundingSet=CAP_CHOWN CAP_KILL'
    compare $'user = "daemon"\nsecure-bits = "noroot noroot-locked"' User=daemon 'SecureBits=noroot noroot-locked'
    compare 'ambient-capabilities = "CAP_CHOWN"' AmbientCapabilities=CAP_CHOWN
    compare 'no-new-privileges = true' NoNewPrivileges=yes
}

case_exec_limits() {
    compare $'limit-cpu = "1min:2min"\nlimit-fsize = "1G"\nlimit-data = "4G"\nlimit-stack = "4M:16M"\nlimit-core = 0\nlimit-rss = "1G:infinity"' \
        LimitCPU=1min:2min LimitFSIZE=1G LimitDATA=4G LimitSTACK=4M:16M LimitCORE=0 LimitRSS=1G:infinity
    compare $'limit-nofile = "100:200"\nlimit-as = "8G"\nlimit-nproc = 500\nlimit-memlock = "64K"\nlimit-locks = 10' \
        LimitNOFILE=100:200 LimitAS=8G LimitNPROC=500 LimitMEMLOCK=64K LimitLOCKS=10
    compare $'limit-sigpending = 50\nlimit-msgqueue = "100K"\nlimit-rtprio = 0\nlimit-rttime = "5ms"' \
        LimitSIGPENDING=50 LimitMSGQUEUE=100K LimitRTPRIO=0 LimitRTTIME=5ms
}

case_exec_scheduling() {
    compare 'nice = 5' Nice=5
    compare 'nice = -5' Nice=-5
    compare 'oom-score-adjust = 300' OOMScoreAdjust=300
    compare 'cpu-affinity = [0]' CPUAffinity=0
    # Without Nice= newer versions set it to 0 with the policy, whatever the manager's own is.
    compare $'nice = 0\ncpu-scheduling-policy = "batch"\ncpu-scheduling-reset-on-fork = true' \
        Nice=0 CPUSchedulingPolicy=batch CPUSchedulingResetOnFork=yes
    compare 'io-scheduling-class = "idle"' IOSchedulingClass=idle
    compare $'io-scheduling-class = "best-effort"\nio-scheduling-priority = 6' \
        IOSchedulingClass=best-effort IOSchedulingPriority=6
    compare 'timer-slack-nsec = "75us"' TimerSlackNSec=75us
    compare 'umask = "0077"' UMask=0077
    compare 'working-directory = "/usr/lib"' WorkingDirectory=/usr/lib
}

case_exec_environment() {
    printf 'A=file\nB="two words"\nD=from\\\nthe file\n;x\nE='"'"'q"q'"'"'\n' >"$scratch/env"
    compare $'environment = ["A=1", "C=3"]\nenvironment-file = ["/run/case/env", "-/run/case/none"]' \
        'Environment=A=1 C=3' EnvironmentFile=/run/case/env EnvironmentFile=-/run/case/none
    compare $'environment = ["A=1", "C=3"]\nunset-environment = ["LANG", "A=1", "C=1"]' \
        'Environment=A=1 C=3' 'UnsetEnvironment=LANG A=1 C=1'
    compare $'user = "daemon"\nenvironment = ["HOME=/nowhere"]' User=daemon Environment=HOME=/nowhere
}

case_exec_directories() {
    watched=(/run/xdir /run/xdir/sub /var/lib/xdir /var/cache/xdir /var/log/xdir /etc/xdir)
    compare $'user = "daemon"\nruntime-directory = ["xdir", "xdir/sub"]\nstate-directory = "xdir"\ncache-directory = "xdir"\nlogs-directory = "xdir"\nconfiguration-directory = "xdir"\nruntime-directory-mode = "0710"\nstate-directory-mode = "0700"\nconfiguration-directory-mode = "0750"' \
        User=daemon 'RuntimeDirectory=xdir xdir/sub' StateDirectory=xdir CacheDirectory=xdir LogsDirectory=xdir \
        ConfigurationDirectory=xdir RuntimeDirectoryMode=0710 StateDirectoryMode=0700 ConfigurationDirectoryMode=0750
    [[ ! -e /run/xdir ]] || fail '/run/xdir is still there'
    rm -r /var/lib/xdir /var/cache/xdir /var/log/xdir /etc/xdir
    watched=()
}

# is_in_journal "IDENTIFIER: PRIORITY: TEXT": as an entry of this case. (Matches of journalctl itself
# would make --after-cursor pass over the first of them.)
is_in_journal() {
    journalctl --quiet --output=verbose --after-cursor="$(<"$scratch/cursor")" | awk -v wanted="$1" '
        function judge() { if (id ": " priority ": " text == wanted) found = 1 }
        /^[A-Z]/ { judge(); id = priority = text = "" }
        { sub(/^ +/, "") }
        /^SYSLOG_IDENTIFIER=/ { id = substr($0, 19) }
        /^PRIORITY=/ { priority = substr($0, 10) }
        /^MESSAGE=/ { text = substr($0, 9) }
        END { judge(); exit !found }'
}

# The journal tells of each line which program said it, as it does of a service's own.
case_exec_journal_of_a_daemon() {
    configure_helper web notify --stdout 'to the journal' --stderr '<3>an error' --notify
    expect_code 0 in_session root amphid start web
    await 'the line' is_in_journal 'helper: 6: to the journal'
    await 'the error' is_in_journal 'helper: 3: an error'
    expect_match 'JOURNAL_STREAM' "$(tr '\0' '\n' <"/proc/$(state_of web main.pid)/environ")" 'JOURNAL_STREAM='
    expect_code 0 amphid stop web
}

case_exec_output_of_syslog_and_identifier() {
    configure_helper web notify --stdout 'by syslog' --notify
    printf 'standard-output = "syslog"\nsyslog-identifier = "webd"\n' >>/etc/amphid/web.toml
    expect_code 0 in_session root amphid start web
    await 'the line' is_in_journal 'webd: 6: by syslog'
    expect_code 0 amphid stop web
}

# A port below 1024 without root: the example of config/.
case_exec_port_80_example() {
    local main
    cp /root/config/port80.toml /etc/amphid/
    if [[ ! -x /usr/bin/python3 ]]; then
        # Every Debian has this much perl.
        sed -i 's|^exec-start = .*|exec-start = ["/usr/bin/perl", "-MIO::Socket::INET", "-e", "my $s = IO::Socket::INET->new(LocalAddr => q(127.0.0.1), LocalPort => 80, Listen => 5, ReuseAddr => 1) or die; $s->accept while 1"]|' \
            /etc/amphid/port80.toml
    fi
    expect_code 0 amphid start port80
    main=$(state_of port80 main.pid)
    await 'port 80 to be open' bash -c ': </dev/tcp/127.0.0.1/80'
    expect_equal 'user' "$(ps -o user= -p "$main")" www-data
    expect_equal 'capabilities' "$(awk '/^CapEff/ { print $2 }' "/proc/$main/status")" 0000000000000400
    expect_code 0 amphid stop port80
    expect_code 0 systemctl start amphid@port80
    await 'port 80 to be open' bash -c ': </dev/tcp/127.0.0.1/80'
    expect_code 0 systemctl stop amphid@port80
}

case_exec_root_trusts_no_shared_file() {
    mkdir "$scratch/shared"
    chmod 0777 "$scratch/shared"
    cp /usr/local/bin/helper "$scratch/shared/helper"
    configure web <<<$'[service]\nexec-start = ["/run/case/shared/helper", "serve"]'
    expect_code 6 amphid start web
    expect_match 'the message' "$output" "'/run/case/shared' is writable by others"
}

# labels TEXT: the identifiers of the journal's lines with that text, amphid@web's.
labels() {
    journalctl --sync
    journalctl --quiet --output=short --after-cursor="$(<"$scratch/cursor")" |
        sed -n "s/.* \\([^ []*\\)\\[[0-9]*\\]: $1\$/\\1/p" | sort -u | paste -sd' '
}

# The unit's label, for amphid's lines and the service's alike, unless the file has one of its own.
case_label_in_the_journal() {
    configure_helper web notify --stdout 'said by it' --stderr 'and more' --notify
    expect_code 0 systemctl start amphid@web
    expect_code 0 systemctl stop amphid@web
    expect_equal 'label of its output' "$(labels 'said by it')" web
    expect_equal "label of amphid's lines" "$(labels 'web: stopped')" web
    echo 'syslog-identifier = "other"' >>/etc/amphid/web.toml
    expect_code 0 systemctl start amphid@web
    expect_code 0 systemctl stop amphid@web
    expect_equal 'labels of its output' "$(labels 'said by it')" 'other web'
    expect_equal 'labels of its errors' "$(labels 'and more')" 'other web'
}
