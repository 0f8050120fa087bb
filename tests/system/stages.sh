#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# Stages of a test run: commands that run beside each other as far as their needs and the cores allow.
# The output of a stage is printed in one piece when it ends, if it failed. Sourced, not run.
#
#   add_stage NAME NEEDS CMD...   NEEDS: names of earlier stages, blank-separated, that must succeed
#   run_stages                    runs them all; fails if one failed
#   report PASSED FAILED SKIPPED  called by a stage (also by its children): adds to the totals
#   print_failures                what failed, by stage: the end of a long output is all that some keep
#   print_totals                  the plain last line

stage_names=()
declare -A stage_needs=() stage_command=() stage_state=() stage_begin=() stage_of_pid=()
stage_dir=${AMPHID_STAGE_DIR:-}

report() {
    printf '%s %s %s\n' "$1" "$2" "$3" >>"$AMPHID_TALLY"
}

add_stage() {
    local name=$1 needs=$2
    shift 2
    stage_names+=("$name")
    stage_needs[$name]=$needs
    stage_command[$name]=$(printf '%q ' "$@")
    stage_state[$name]=waiting
}

# prints: ready, blocked (something it needs has failed) or waiting
judge_stage() {
    local need
    for need in ${stage_needs[$1]}; do
        case ${stage_state[$need]} in
            failed | blocked) echo blocked && return ;;
            passed) ;;
            *) echo waiting && return ;;
        esac
    done
    echo ready
}

now_milliseconds() {
    printf '%s\n' "${EPOCHREALTIME//[.,]/}" | sed 's/...$//'
}

start_stage() {
    local name=$1
    local log=$stage_dir/$name.log
    stage_begin[$name]=$(now_milliseconds)
    stage_state[$name]=running
    : >"$stage_dir/$name.tally"
    # A stage ends with this shell, however that ends.
    AMPHID_TALLY=$stage_dir/$name.tally setpriv --pdeathsig TERM -- \
        "$BASH" -c "${stage_command[$name]}" </dev/null >"$log" 2>&1 &
    stage_of_pid[$!]=$name
}

sum_tally() {
    awk '{ p += $1; f += $2; s += $3 } END { printf "%d %d %d\n", p, f, s }' "$@"
}

# A failure that counted nothing (a build, a crash) is one failure.
finish_stage() {
    local name=$1 code=$2 passed failed skipped milliseconds
    local log=$stage_dir/$name.log tally=$stage_dir/$name.tally
    read -r passed failed skipped < <(sum_tally "$tally")
    if ((code != 0 && failed == 0)); then
        echo "0 1 0" >>"$tally"
        failed=1
    fi
    stage_state[$name]=passed
    if ((failed)); then stage_state[$name]=failed; fi
    milliseconds=$(($(now_milliseconds) - stage_begin[$name]))
    printf '== %-22s %3d.%d s  %s\n' "$name" $((milliseconds / 1000)) $((milliseconds % 1000 / 100)) \
        "$( ((passed + failed + skipped)) && echo "$passed passed, $failed failed, $skipped skipped")"
    if ((failed)); then
        tail -n 400 "$log" | sed 's/^/   | /'
    else
        sed -n 's/^skipped: /   skipped: /p; s/^note: /   /p' "$log"
    fi
}

# The names of failed tests, as GoogleTest, our suites and a run within a run (bare_leg.sh) say them.
print_failures() {
    local name
    for name in "${stage_names[@]}"; do
        [[ ${stage_state[$name]} == failed ]] || continue
        printf 'failed: %s\n' "$name"
        sed -nE "s/^(\[  FAILED  \] .* ms\)|FAILED: .*|.*: FAILED .*|demo failed)\$/failed: $name: \\1/p; t
                 s/^failed: (.*)\$/failed: $name: \\1/p" "$stage_dir/$name.log"
    done | sort -u | head -n 60
}

block_stage() {
    stage_state[$1]=blocked
    echo "0 1 0" >"$stage_dir/$1.tally"
    printf '== %-22s          not run: it needs %s\n' "$1" "${stage_needs[$1]}"
}

start_ready_stages() {
    local name judgement
    for name in "${stage_names[@]}"; do
        [[ ${stage_state[$name]} == waiting ]] || continue
        judgement=$(judge_stage "$name")
        if [[ $judgement == blocked ]]; then block_stage "$name"; fi
        if [[ $judgement == ready ]] && ((${#stage_of_pid[@]} < stage_slots)); then
            start_stage "$name"
        fi
    done
}

run_stages() {
    local pid code
    stage_slots=$(nproc)
    while start_ready_stages && ((${#stage_of_pid[@]})); do
        code=0
        wait -n -p pid || code=$?
        finish_stage "${stage_of_pid[$pid]}" "$code"
        unset "stage_of_pid[$pid]"
    done
    [[ ! " ${stage_state[*]} " =~ \ (failed|blocked)\  ]]
}

print_totals() {
    local passed failed skipped
    read -r passed failed skipped < <(sum_tally "$stage_dir"/*.tally)
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
}
