#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# docs/recipes.md with the programs it is about: each recipe is taken from the document and used. The
# one for OpenRC is used in tests/system/packages/openrc.sh. Also what docs/tutorial.md needs root for.
# shellcheck disable=SC2154,SC2016,SC2034  # what inside.sh has set, and the shells of the commands under test

# recipe SECTION PROGRAM: its blocks in $scratch/blocks, `amphid` where packages install it.
recipe() {
    local document=/root/docs/recipes.md
    command -v "$2" >/dev/null || skip "this machine has no $2"
    ln -sf /usr/local/bin/amphid /usr/bin/amphid
    extract_blocks "$1"
}

await_line() {
    await "'$2' in $1" grep -q "$2" "$1"
}

case_recipe_monit() {
    local main
    recipe monit monit
    configure_helper web notify --notify
    {
        printf 'set daemon 1\nset log %s\n' "$scratch/monit.log"
        printf 'set %sfile %s\n' pid "$scratch/monit.pid" id "$scratch/monit.id" state "$scratch/monit.state"
        cat "$scratch/blocks/01."
    } >monitrc
    chmod 600 monitrc
    trap 'monit -c "$scratch/monitrc" quit >/dev/null 2>&1; rm -f /usr/bin/amphid' EXIT
    expect_code 0 monit -c "$PWD/monitrc"
    await 'monit to start web' has_state web state=running
    await_line monit.log "'web' process is running"
    main=$(state_of web main.pid)
    expect_code 0 amphid stop web
    await 'monit to start it again' has_state web state=running
    [[ $(state_of web main.pid) != "$main" ]] || fail 'that is the stopped one'
    expect_code 0 monit -c "$PWD/monitrc" quit
    expect_code 0 amphid stop web
}

# write_lines: a service that appends to a log file, which it opens again on SIGHUP.
write_lines() {
    cat >writer <<'SH'
#!/bin/bash
log() { exec >>/var/log/web/access.log; }
trap log HUP
log
for ((n = 0; ; ++n)); do echo "line $n"; sleep 0.02; done
SH
    chmod 755 writer
    mkdir -p /var/log/web
}

case_recipe_logrotate_of_a_log_of_the_service() {
    recipe logrotate logrotate
    write_lines
    trap 'rm -rf /var/log/web /usr/bin/amphid' EXIT
    configure web <<TOML
[service]
exec-start = "$scratch/writer"
reload-signal = "SIGHUP"
TOML
    expect_code 0 amphid start web
    await_line /var/log/web/access.log 'line 5'
    expect_code 0 logrotate --force --state "$scratch/logrotate" blocks/01.
    await 'lines in the new file' test -s /var/log/web/access.log
    await_line /var/log/web/access.log.1 'line 5'
    expect_code 0 amphid stop web
    expect_equal 'lines that are missing or doubled' \
        "$(cat /var/log/web/access.log.1 /var/log/web/access.log | awk '$2 != NR - 1' | head -1)" ''
}

case_recipe_logrotate_of_a_file_opened_by_amphid() {
    recipe logrotate logrotate
    trap 'rm -f /var/log/web.log /var/log/web.log.1 /usr/bin/amphid' EXIT
    configure web <<TOML
[service]
exec-start = ["/bin/bash", "-c", "for ((n = 0; ; ++n)); do echo line \$\$n; sleep 0.02; done"]
standard-output = "append:/var/log/web.log"
TOML
    expect_code 0 amphid start web
    await_line /var/log/web.log 'line 5'
    expect_code 0 logrotate --force --state "$scratch/logrotate" blocks/02.
    await 'lines in the file' test -s /var/log/web.log
    await_line /var/log/web.log.1 'line 5'
    expect_match 'the first line afterwards' "$(head -1 /var/log/web.log)" '^line [0-9]+$'
    expect_code 0 amphid stop web
}

case_recipe_prometheus() {
    recipe Prometheus promtool
    trap 'rm -f /usr/bin/amphid' EXIT
    configure_helper web notify --notify
    configure_helper broken notify --exit 7
    expect_code 0 amphid start web
    expect_code 1 amphid start broken
    expect_code 0 bash -e blocks/01.sh
    expect_code 0 promtool check metrics <amphid.prom
    expect_equal 'what promtool says' "$output" ''
    expect_match 'the metrics' "$(<amphid.prom)" 'amphid_service_failed\{name="broken"\} 1'
    expect_match 'the metrics' "$(<amphid.prom)" 'amphid_service_restarts_total\{name="web"\} 0'
    expect_code 0 amphid stop web
}

# What the package brings: each configuration is a unit. Stops web in the end.
use_generator() {
    mkdir -p /run/systemd/system-generators
    ln -s /usr/local/bin/amphid /run/systemd/system-generators/amphid-generator
    trap 'systemctl stop web; rm -rf /usr/bin/amphid /run/systemd/system-generators
        systemctl daemon-reload' EXIT
}

# The file that recipes start from.
write_web_toml() {
    cat >"$1" <<'TOML'
[service]
type = "notify"
exec-start = ["/usr/local/bin/helper", "serve", "--exit-on", "TERM:0", "--notify"]
TOML
}

case_tutorial_start_it_at_boot() {
    local document=/root/docs/tutorial.md
    extract_blocks '5. Start it at boot'
    use_generator
    write_web_toml web.toml
    printf '\n' | cat - blocks/02.toml >>web.toml
    # install -m 644 web.toml /etc/amphid/; systemctl daemon-reload; systemctl start web
    sed -n 's/^# //p' blocks/01.console >commands
    expect_code 0 bash -e commands
    expect_code 0 systemctl is-active web
    expect_match 'wants of multi-user.target' "$(systemctl show --value -p Wants multi-user.target)" web.service
}

case_recipe_ansible() {
    local main
    recipe Ansible ansible-playbook
    use_generator
    write_web_toml web.toml
    {
        printf -- '- hosts: localhost\n  gather_facts: false\n  tasks:\n'
        sed 's/^/    /' blocks/01.yaml
        printf '  handlers:\n'
        sed 's/^/    /' blocks/02.yaml
    } >playbook.yaml
    expect_code 0 env ANSIBLE_LOCALHOST_WARNING=false HOME="$scratch" ansible-playbook playbook.yaml
    expect_code 0 systemctl is-active web
    main=$(state_of web main.pid)
    echo 'restart = "always"' >>web.toml
    expect_code 0 env HOME="$scratch" ansible-playbook playbook.yaml
    [[ $(state_of web main.pid) != "$main" ]] || fail 'a changed file did not restart web'
    echo 'restrat = "always"' >>web.toml
    expect_code 2 env HOME="$scratch" ansible-playbook playbook.yaml
    expect_match 'what Ansible says' "$output" "unknown key 'restrat'"
    expect_equal 'mistakes that were installed' "$(grep restrat /etc/amphid/web.toml)" ''
}

case_recipe_container_image() {
    local container launcher health
    recipe 'A container image' amphid
    trap 'rm -rf /run/web /usr/bin/amphid' EXIT
    write_web_toml /etc/amphid/web.toml
    health=$(sed -n 's/^HEALTHCHECK CMD //p' blocks/01.dockerfile)
    sed -i '/^COPY/d; /^HEALTHCHECK/d' blocks/01.dockerfile
    obey_dockerfile blocks/01.dockerfile
    unshare --pid --fork --kill-child --mount-proc setpriv --reuid "$container_user" \
        --regid "$container_user" --init-groups \
        env -i PATH="$PATH" "${container_environment[@]}" "${entrypoint[@]}" >log 2>&1 &
    container=$!
    await 'the launcher' pgrep --parent "$container"
    launcher=$(pgrep --parent "$container")
    await 'the health check' nsenter --target "$launcher" --pid --mount setpriv \
        --reuid "$container_user" --regid "$container_user" --init-groups \
        env -i PATH="$PATH" "${container_environment[@]}" sh -c "$health"
    kill -TERM "$launcher" # what `docker stop` does
    wait "$container" || fail "exit code $?: $(<log)"
}
