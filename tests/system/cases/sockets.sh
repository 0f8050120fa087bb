#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# Sockets that systemd holds for a generated unit, and those that amphid opens itself.
# shellcheck disable=SC2154,SC2016,SC2034  # what inside.sh has set, the shells of the commands, what eval reads

# answer_at PORT: the PID of the process that answers there.
answer_at() {
    local peer
    exec {peer}<>"/dev/tcp/127.0.0.1/$1"
    cat <&"$peer"
    exec {peer}>&-
}

expect_answer() {
    local answer
    answer=$(answer_at "$1") || fail "no connection to port $1"
    expect_match "the answer at port $1" "$answer" '^[0-9]+$'
}

# The real generator makes web.service and its .socket units from /etc/amphid/web.toml.
generate_web() {
    mkdir -p /run/systemd/system-generators
    ln -sf /usr/local/bin/amphid /run/systemd/system-generators/amphid-generator
    trap 'systemctl stop web.socket web-2.socket # or a client starts it again
        systemctl stop web.service
        systemctl unmask --runtime web-2.socket
        rm -rf /run/systemd/system-generators /etc/amphid
        systemctl daemon-reload' EXIT
    configure web <<TOML
[service]
exec-start = ["/usr/local/bin/helper", "serve", "--given-sockets", "$scratch/given", "--serve-given", "0"]
user = "nobody"
restart = "on-failure"
restart-sec = 0
start-limit-burst = 0

[[socket]]
listen-stream = "127.0.0.1:781"

[[socket]]
file-descriptor-name = "more"
listen-stream = "127.0.0.1:782"
TOML
    systemctl daemon-reload
}

case_systemd_passes_the_sockets_of_a_generated_unit() {
    generate_web
    chmod 1777 "$scratch"
    expect_code 0 systemctl start web.service
    expect_equal 'state of web.socket' "$(systemctl is-active web.socket)" active
    expect_equal 'state of web-2.socket' "$(systemctl is-active web-2.socket)" active
    expect_answer 781
    expect_equal 'what was given' "$(<"$scratch/given")" \
        $'web.socket stream 127.0.0.1 781\nmore stream 127.0.0.1 782'
    systemctl stop web.socket web.service
    expect_equal 'state of web.service' "$(systemctl is-active web.service || :)" inactive
    # A client starts it, too.
    systemctl start web.socket
    expect_answer 781
    expect_equal 'state of web.service' "$(systemctl is-active web.service)" active
}

case_sockets_that_systemd_does_not_pass_are_opened() {
    generate_web
    systemctl mask --runtime web-2.socket
    expect_code 0 systemctl start web.service
    expect_answer 781
    expect_equal 'what was given' "$(<"$scratch/given")" \
        $'web.socket stream 127.0.0.1 781\nmore stream 127.0.0.1 782'
    expect_equal 'state of web-2.socket' "$(systemctl is-active web-2.socket || :)" inactive
}

case_sockets_of_systemd_lose_no_connection() {
    local round before
    generate_web
    expect_code 0 systemctl start web.service
    for round in 1 2 3; do
        systemctl restart web.service &
        while kill -0 $! 2>/dev/null; do expect_answer 781; done
        wait $!
        before=$(systemctl show --value -p NRestarts web.service)
        kill -KILL "$(state_of web main.pid)"
        expect_answer 781
        await "restart $round by systemd" \
            eval '(($(systemctl show --value -p NRestarts web.service) > before))'
        await 'the service to run again' \
            eval '[[ $(systemctl show --value -p SubState web.service) == running ]]'
        kill -KILL "$(systemctl show --value -p MainPID web.service)"
        expect_answer 781
        await 'the service to run again' \
            eval '[[ $(systemctl show --value -p SubState web.service) == running ]]'
    done
}
