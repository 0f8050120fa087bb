#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# amphid as the PID 1 of real containers: podman, the image of packaging/container and its files.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

# run_web [OPTION...] -- [WORD...]: in the foreground; the words are the image's command.
run_web() {
    local options=()
    while [[ $1 != -- ]]; do options+=("$1") && shift; done
    shift
    podman run --rm --network=none "${options[@]}" localhost/web "$@"
}

# start_web NAME [OPTION...] -- WORD...: in the background.
start_web() {
    local name=$1
    shift
    run_web --detach --name "$name" "$@" >/dev/null
}

is_ready() {
    podman exec "$1" amphid status --ready "${2:-web}"
}

expect_left() { # nothing
    expect_equal 'containers left' "$(podman ps --all --quiet)" ''
}

step_install() {
    mount -t tmpfs tmpfs /var/lib/containers
    mkdir -p /etc/containers/containers.conf.d
    # What the rig's machine may give: see podman's own documentation for each of them.
    printf '%s\n' '[containers]' 'default_ulimits=["nofile=4096:4096","nproc=4096:4096"]' 'pids_limit=0' \
        '[engine]' 'runtime="runc"' 'events_logger="file"' >/etc/containers/containers.conf.d/rig.conf
    expect_code 0 podman import --change 'ENTRYPOINT ["/usr/bin/amphid"]' /root/packages/web.tar \
        localhost/web:latest
}

step_image_of_debian() {
    expect_code 0 podman import --change 'ENTRYPOINT ["/usr/bin/amphid", "run", "--exec"]' \
        /root/packages/debian.tar localhost/debian:latest
    expect_code 5 podman run --rm --network=none localhost/debian sh -c 'exit "$1"' sh 5
    expect_code 0 podman rmi localhost/debian
}

step_exit_status_is_the_services() {
    expect_code 0 run_web -- run --exec helper serve --exit 0
    expect_code 7 run_web -- run --exec helper serve --exit 7
    expect_code 139 run_web -- run --exec helper serve --die SEGV
    expect_code 0 run_web -- run --set success-exit-status=7 --exec helper serve --exit 7
    expect_code 5 run_web -- run --exec nowhere
    expect_left
}

step_every_stop_signal_stops() {
    local signal
    for signal in TERM INT RTMIN+3 QUIT; do
        start_web web --stop-signal "SIG$signal" -- run --set launcher.name=web \
            --set kill-signal=SIGQUIT --set restart=always --exec helper serve --exit-on QUIT:0 --fork 2
        await "web to be ready ($signal)" is_ready web
        expect_code 0 podman stop --time 15 web
        expect_left
    done
    # What knows another signal than the one it is stopped with.
    start_web web -- run --set launcher.name=web --set 'launcher.signals={SIGTERM="SIGUSR1"}' \
        --exec helper serve --exit-on USR1:0
    await 'web to be ready' is_ready web
    expect_code 0 podman stop --time 15 web
    expect_left
}

step_standard_input() {
    expect_equal 'what came through' "$(echo 'through it' | run_web --interactive -- run --exec helper serve --cat --exit 0)" \
        'through it'
    mkdir -p "$scratch/record"
    expect_code 0 script -qec "podman run --rm --network=none -it --volume $scratch/record:/record localhost/web \
        run --exec helper serve --record /record/of --exit 0" /dev/null
    expect_match 'its terminal' "$(<"$scratch/record/of")" 'fd.0=/dev/pts/'
}

step_arguments_are_added() {
    expect_equal 'arguments' "$(run_web -- run args -- '$TWO' --stdout '%i' --exit 0)" $'$TWO\n%i'
}

step_read_only_root() {
    expect_code 6 run_web --read-only --read-only-tmpfs=false -- run web
    expect_match 'the reason' "$output" '/run/amphid'
    expect_equal 'lines' "$(wc -l <<<"$output")" 1
    expect_code 0 run_web --read-only --read-only-tmpfs=false --tmpfs /run -- run --exec helper serve --exit 0
    expect_code 0 run_web --read-only --read-only-tmpfs=false --tmpfs /run:rw,noexec -- run --exec helper serve --exit 0
}

step_volumes_that_everybody_may_write() {
    local mode
    for mode in 0777 2777; do
        rm -rf "$scratch/volume" && mkdir "$scratch/volume" && chmod "$mode" "$scratch/volume"
        start_web web --read-only --read-only-tmpfs=false --user 12345:12345 \
            --volume "$scratch/volume:/volume" --env AMPHID_RUNTIME_DIRECTORY=/volume -- run web
        await "web to be ready ($mode)" is_ready web
        expect_equal 'mode' "$(stat -c %a "$scratch/volume/web" | tail -c 4)" 700
        expect_code 0 podman stop --time 15 web
        expect_equal 'pid files left' "$(find "$scratch/volume" -name pid)" ''
    done
    # A ConfigMap.
    mkdir -p "$scratch/config" && chmod 0777 "$scratch/config"
    printf '%s\n' '[service]' 'exec-start = ["helper", "serve", "--exit", "3"]' >"$scratch/config/web.toml"
    expect_code 3 run_web --volume "$scratch/config:/etc/amphid:ro" -- run web
    expect_code 6 run_web --volume "$scratch/config:/etc/amphid" -- run web
}

step_health_check() {
    start_web web --health-cmd '["amphid","status","--live","web"]' --health-interval=disable -- run web
    await 'web to be ready' is_ready web
    expect_code 0 podman healthcheck run web
    local pid
    pid=$(podman inspect --format '{{.State.Pid}}' web)
    # shellcheck disable=SC2046  # PIDs
    kill -STOP $(cat "/proc/$pid/task/$pid/children")
    await 'a stopped service not to be live' eval '! podman healthcheck run web'
    expect_code 0 podman rm --force --time 5 web
}

# Ready is withdrawn before the service is told to stop.
step_drain() {
    start_web web -- run --set drain-sec=3 web
    await 'web to be ready' is_ready web
    podman kill --signal TERM web >/dev/null
    await 'readiness to be withdrawn' eval '! podman exec web amphid status --ready web'
    expect_code 0 podman exec web amphid status --live web
    await 'the end of web' eval '! podman container exists web'
    expect_left
}

step_quadlet_is_up_when_the_service_is() {
    mkdir -p /etc/containers/systemd
    cp /root/container/web.container /etc/containers/systemd/
    systemctl daemon-reload
    expect_code 0 systemctl start web.service
    expect_unit web.service Type=notify ActiveState=active
    expect_code 0 is_ready web-quadlet
    expect_code 0 systemctl stop web.service
    expect_unit web.service ActiveState=inactive Result=success
    expect_left
}

step_kube_play() {
    cd "$scratch" || exit
    expect_code 0 podman kube play --network=none /root/container/pod.yaml
    await 'the pod to be ready' is_ready web-web
    await 'the probe to say so' eval 'podman healthcheck run web-web'
    expect_code 0 podman kube down /root/container/pod.yaml
    expect_left
}
