#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# house.sh CHECK...: checks of the source itself, each one case: format, licence, shell, oldest-compiler,
# manuals, cross, tidy, whole-tidy, libraries, hardening. A checker that this distribution does not
# have is a skip, said with its reason.
# shellcheck disable=SC2317  # checks are called by their names
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
# shellcheck source=tests/system/stages.sh
source "$here/stages.sh"

build=build/dev # its compile_commands.json tells how each file is compiled

list_cpp() {
    find src tests -name '*.cpp' -o -name '*.h'
}

list_shell() {
    find script tests/system packaging .ci -type f -exec grep -lE '^#!(/usr/bin/env bash|/bin/sh)' {} +
}

list_compiled() {
    sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "$build/compile_commands.json" | sort -u
}

check_format() {
    list_cpp | xargs clang-format --dry-run -Werror
}

check_licence() {
    local file code=0
    while read -r file; do
        if ! head -3 "$file" | grep -qF 'SPDX-License-Identifier: MIT' ||
            ! head -3 "$file" | grep -qF 'Copyright (c) 2026 The amphid authors'; then
            echo "$file: no licence lines at its head"
            code=1
        fi
    done < <(list_cpp && list_shell && find . -name CMakeLists.txt -not -path './build/*')
    return "$code"
}

check_shell() {
    list_shell | xargs shellcheck -x
    # What `amphid unit` prints, as far as a shell runs it; variables are OpenRC's there.
    shellcheck --shell=sh --exclude=SC2016,SC2034 tests/resolve/init_*.txt
}

# The very command of the build, with the other compiler, and no output.
check_oldest-compiler() {
    list_syntax_commands | xargs -d '\n' -P 2 -n 1 sh -c
}

# The floor is for what is shipped; tests are built where the work is done.
list_syntax_commands() {
    sed -n 's/^ *"command": "\(.*\)",\{0,1\}$/\1/p' "$build/compile_commands.json" |
        sed -E 's/\\"/"/g; s/\\\\/\\/g; s/^[^ ]+/g++-11 -fsyntax-only/; s/ -o [^ ]+//; s/ -c / /
                s/ -Winvalid-pch -include [^ ]+cmake_pch[^ ]+//' |
        grep -F " $PWD/src/"
}

# A file is looked at again when it, a header or the rules have changed since it was last clean.
# tidy looks less deep than whole-tidy: the analyzer's last paths take half of its time.
check_tidy() {
    run_tidy --extra-arg=-Xclang --extra-arg=-analyzer-config \
        --extra-arg=-Xclang --extra-arg=max-nodes=10000
}

check_whole-tidy() {
    run_tidy
}

# run_tidy OPTION...
run_tidy() {
    local stamps=build/tidy rules file
    mkdir -p "$stamps"
    # Another compiler's precompiled header is none for this one.
    sed 's/ -Winvalid-pch -include [^ ]*cmake_pch[^ ]*//' "$build/compile_commands.json" \
        >"$stamps/compile_commands.json"
    rules=$({ clang-tidy --version && echo "$*" && cat .clang-tidy &&
        find src tests -name '*.h' | sort | xargs cat; } | sha256sum)
    # shellcheck disable=SC2016  # the inner shell's variables
    list_compiled | grep "^$PWD/src/" | while read -r file; do
        printf '%s %s/%s\n' "$file" "$stamps" "$({ echo "$rules" && cat "$file"; } | sha256sum | cut -c1-32)"
    done | xargs -d '\n' -P 2 -n 1 "$BASH" -c '
        read -r file stamp <<<"$1"
        [[ -e $stamp ]] || { clang-tidy --quiet -p '"$stamps $*"' "$file" 2>/dev/null && : >"$stamp"; }' tidy
}

# Every manual page, by both readers: nothing that they warn of.
check_manuals() {
    local folder page warnings
    folder=$(mktemp -d)
    cp docs/*.8 "$folder/"
    build/dev/amphid reference --format=command-man >"$folder/amphid.1"
    build/dev/amphid reference --format=man >"$folder/amphid.toml.5"
    build/dev/amphid reference --format=status-man >"$folder/amphid-status.5"
    for page in "$folder"/*.[158]; do
        mandoc -Tlint -Wwarning "$page" || return 1
        warnings=$(man --warnings --local-file "$page" 2>&1 1>"$folder/shown")
        [[ -z $warnings ]] || { echo "$page: $warnings" && return 1; }
    done
    rm -r "$folder"
}

# Cross-built, the pages come from a program of the building machine's: one that is there, or one that
# is built beside. Nothing of the other machine's is built for them, let alone run.
check_cross() {
    local folder plan
    folder=$(mktemp -d)
    cross_configure "$folder/given" -DAMPHID_PRINTER="$PWD/build/dev/amphid"
    cmake --build "$folder/given" --target printed_files
    [[ -s $folder/given/packaging/command-man/amphid.1 ]] || return 1
    [[ -z $(find "$folder/given" -name '*.cpp.o') ]] || { echo 'something was compiled' && return 1; }
    cross_configure "$folder/beside"
    plan=$(ninja -C "$folder/beside" -t commands printed_files)
    grep -q 'cmake --build [^ ]*/packaging/native --target amphid' <<<"$plan" || return 1
    grep -q '/packaging/native/amphid reference --format=man ' <<<"$plan" || return 1
    rm -r "$folder"
}

cross_configure() {
    cmake -S . -B "$1" -G Ninja -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=other \
        -DAMPHID_TESTS=OFF "${@:2}" >/dev/null
}

# Each shared library more costs every start: libm alone a tenth of a millisecond.
check_libraries() {
    local needed
    needed=$(readelf -d build/release/amphid | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | xargs)
    [[ $needed =~ ^(ld-linux[^ ]+ )?libc\.so\.6$ ]] || { echo "build/release/amphid needs $needed" && return 1; }
}

# What makes a mistake of memory harder to use: see CMakeLists.txt.
check_hardening() {
    local binary=build/release/amphid code=0 header segments dynamic symbols
    header=$(readelf -Wh "$binary") segments=$(readelf -Wl "$binary")
    dynamic=$(readelf -Wd "$binary") symbols=$(readelf -W --dyn-syms "$binary")
    expect() { # WHAT TEXT PATTERN
        grep -qE "$3" <<<"$2" || { echo "$binary: $1" && code=1; }
    }
    expect 'is not position-independent' "$header" 'Type: +DYN'
    expect 'its relocations stay writable' "$segments" GNU_RELRO
    expect 'is bound lazily, so that its GOT stays writable' "$dynamic" 'BIND_NOW|FLAGS_1.*NOW'
    expect 'has an executable stack' "$segments" 'GNU_STACK.* RW +0x'
    expect 'has no stack protector' "$symbols" __stack_chk_fail
    expect 'is not fortified' "$symbols" '__[a-z]+_chk@'
    # The linker marks a program as guarded only if all of it is, what libc links in too.
    if readelf -n "$(c++ -print-file-name=crt1.o)" | grep -q IBT; then
        expect 'does not guard its indirect branches' "$(readelf -n "$binary")" IBT
    fi
    return "$code"
}

program_of() {
    case $1 in
        libraries | hardening) echo readelf ;;
        format) echo clang-format ;;
        manuals) echo mandoc ;;
        shell) echo shellcheck ;;
        oldest-compiler) echo g++-11 ;;
        tidy | whole-tidy) echo clang-tidy ;;
        *) echo grep ;;
    esac
}

status=0
for check in "$@"; do
    if ! command -v "$(program_of "$check")" >/dev/null; then
        echo "skipped: $check: this machine has no $(program_of "$check")"
        report 0 0 1
    elif "check_$check"; then
        report 1 0 0
    else
        echo "failed: $check"
        report 0 1 0
        status=1
    fi
done
exit "$status"
