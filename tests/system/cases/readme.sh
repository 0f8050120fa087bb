#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# The commands of README.md, taken out of it and run where they belong. In a section of it
#   toml, ini    is a file, whose first line is a comment with its path
#   sh           is run (set -e) in a tree that has been built
#   text         is what the sh block before it prints, to the letter
#   dockerfile   is obeyed, as far as there is no image to be made
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

document=/root/README.md
tree=$scratch/amphid
not_run_here='Two commands' # script/test is what runs this

# Prints each section that has commands in it.
list_readme_sections() {
    awk '/^## / { section = substr($0, 4) }
        /^```(sh|dockerfile)$/ && !seen[section]++ { print section }' "$document"
}

# extract_blocks SECTION: its fenced blocks in $document as $scratch/blocks/NUMBER.LANGUAGE
extract_blocks() {
    rm -rf "$scratch/blocks"
    mkdir "$scratch/blocks"
    awk -v heading="## $1" -v dir="$scratch/blocks" '
        /^```/ {
            if (inside) close(file)
            inside = !inside
            if (inside) file = sprintf("%s/%02d.%s", dir, ++count, substr($0, 4))
            next
        }
        !inside && /^## / { here = $0 == heading; if (here) count = 0 }
        inside && here { print > file }' "$document"
    [[ -n $(ls "$scratch/blocks") ]] || fail "$document has no section '$1'"
}

# What ./script/demo leaves behind, as far as the commands ask for it.
make_built_tree() {
    mkdir -p "$tree/build/release" "$tree/units"
    cp /usr/local/bin/amphid "$tree/build/release/"
    cp /etc/systemd/system/amphid@.service "$tree/units/"
    cp -r /root/config "$tree/"
}

place_file() {
    local path
    path=$(sed -n '1s/^# //p' "$1")
    [[ -n $path ]] || fail "a block of README.md does not begin with the path of its file"
    [[ $path == /* ]] || path=$tree/$path
    mkdir -p "${path%/*}"
    cp "$1" "$path"
}

# follow_readme SECTION [CMD...]: does what the section says; CMD... runs its shell.
follow_readme() {
    local section=$1 block
    shift
    make_built_tree
    extract_blocks "$section"
    for block in "$scratch"/blocks/*; do
        case $block in
            *.toml | *.ini) place_file "$block" ;;
            *.sh) expect_code 0 "$@" bash -c 'cd "$1" && set -e && . "$2"' sh "$tree" "$block" ;;
            *.text) expect_equal "what the commands of '$section' print" "$output" "$(<"$block")" ;;
            *) fail "nobody knows how to try $block" ;;
        esac
    done
}

case_readme_is_run_as_a_whole() {
    expect_equal 'the sections of README.md with commands' "$(list_readme_sections)" \
        "$(printf '%s\n' "$not_run_here" 'One file' 'A systemd unit' 'A classic daemon' \
            'By hand, in the foreground' 'A container' 'Ready and healthy')"
}

case_readme_one_file() {
    follow_readme 'One file'
    expect_equal 'redis.toml in README.md' "$(grep -v '^#' "$tree/config/redis.toml")" \
        "$(grep -v '^#' /root/config/redis.toml | sed '1{/^$/d}')"
}

case_readme_systemd_unit() {
    trap 'rm -rf /etc/systemd/system/amphid@redis.service.d' EXIT
    follow_readme 'A systemd unit'
    expect_match 'what systemctl show says' "$output" 'Ready to accept connections'
    expect_match 'the answer of redis' "$output" PONG
    expect_match 'what status says' "$output" 'Unit: amphid@redis.service'
    expect_equal 'the user of redis' "$(property redis User)" redis
    expect_equal 'the state of the unit in the end' "$(property redis ActiveState)" inactive
}

case_readme_classic_daemon() {
    make_tester
    follow_readme 'A classic daemon' in_session tester
    expect_match 'the answer of redis' "$output" PONG
    expect_match 'what the second start says' "$output" 'redis: already running'
    expect_match 'what stop says' "$output" 'redis: stopped'
    nothing_left || fail "left: $(list_left)"
}

# await_redis PID LOG: until the service of the README answers; PID is what runs it.
await_redis() {
    await 'redis to answer' answers_or_is_gone "$1"
    is_gone "$1" && fail "ended before redis answered: $(<"$2")"
    return 0
}

answers_or_is_gone() {
    [[ $(redis-cli ping 2>/dev/null) == PONG ]] || is_gone "$1"
}

case_readme_foreground() {
    local terminal
    make_tester
    make_built_tree
    extract_blocks 'By hand, in the foreground'
    mkfifo "$scratch/keys"
    in_session tester script --quiet --return --flush \
        --command "cd $tree && . $scratch/blocks/01.sh" /dev/null \
        <>"$scratch/keys" >"$scratch/screen" 2>&1 &
    terminal=$!
    await_redis "$terminal" "$scratch/screen"
    printf '\003' >"$scratch/keys" # ^C
    wait "$terminal" || fail "exit code $?: $(<"$scratch/screen")"
    nothing_left || fail "left: $(list_left)"
    expect_match 'the screen' "$(<"$scratch/screen")" 'redis: ready'
}

case_readme_ready_and_healthy() {
    follow_readme 'Ready and healthy'
    expect_match 'what status says' "$output" 'listen tcp:8080 .held by PID'
}

# obey_dockerfile FILE: does what can be done without an image, and leaves the rest in $entrypoint,
# $container_user and $container_environment.
obey_dockerfile() {
    local word rest
    container_user=root container_environment=()
    while read -r word rest; do
        case $word in
            RUN) bash -ec "${rest#apt-get update && apt-get install -y redis-server && }" ;;
            COPY) (cd "$tree" && read -r from to <<<"$rest" && install -D "$from" "$to") ;;
            USER) container_user=$rest ;;
            ENV) container_environment+=("$rest") ;;
            ENTRYPOINT) read -ra entrypoint <<<"$(tr -d '[],"' <<<"$rest")" ;;
            FROM) ;;
            *) fail "nobody knows how to try $word" ;;
        esac
    done <"$1"
}

case_readme_container() {
    local container launcher
    make_built_tree
    trap 'rm -rf /run/redis' EXIT
    extract_blocks 'A container'
    obey_dockerfile "$scratch/blocks/01.dockerfile"
    unshare --pid --fork --kill-child --mount-proc setpriv --reuid "$container_user" \
        --regid "$container_user" --init-groups \
        env -i PATH="$PATH" "${container_environment[@]}" "${entrypoint[@]}" >"$scratch/log" 2>&1 &
    container=$!
    await_redis "$container" "$scratch/log"
    expect_equal 'the pid file in the container' "$(</run/redis/amphid/redis/pid)" 1
    launcher=$(pgrep --parent "$container")
    kill -TERM "$launcher" # what `docker stop` does
    wait "$container" || fail "exit code $?: $(<"$scratch/log")"
    nothing_left || fail "left: $(list_left)"
}
