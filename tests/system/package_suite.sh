#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# package_suite.sh SCRIPT SUITE KIND: the packages as script/package builds them, in a machine of
# Debian SUITE (KIND: see trees.sh). The steps of tests/system/packages/SCRIPT.sh, then those of
# SCRIPT_*.sh, are run in there one after the other, each in the state that the one before it has left;
# `reboot` among them is done here.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
# shellcheck source=tests/system/stages.sh
source "$here/stages.sh"
# shellcheck source=tests/system/rig.sh
source "$here/rig.sh"

script=$1 suite=$2 kind=$3
machine=package-$script-$suite
place=build/package
helper=${AMPHID_HELPER:-build/dev/tests/helper}

# A package that was built on a newer Debian than the machine's is not installed there: then one is
# built on a bare machine of that Debian.
find_deb() {
    local deb
    deb=$(find "$place" -maxdepth 1 -name 'amphid_*.deb')
    if [[ $suite == bookworm ]] && ! grep -q '^VERSION_CODENAME=bookworm' /etc/os-release; then
        echo "note: built a package on $suite: this host's is too new for it" >&2
        "$here/bare.sh" "$suite" bash -c './script/package deb && cp build/package/*amphid_*.deb /out/' >&2
        deb=$(find "$rig_dir/out/$suite" -name 'amphid_*.deb')
    fi
    echo "$deb"
}

# repack_deb DEB NEW: the same package as the next version.
repack_deb() {
    local tree
    tree=$(mktemp -d)
    dpkg-deb --raw-extract "$1" "$tree"
    sed -i 's/^Version: .*/&+next/' "$tree/DEBIAN/control"
    dpkg-deb --root-owner-group --build "$tree" "$2" >/dev/null
    rm -rf "$tree"
}

# build_example DEB NAME: the package that dh_amphid's own test builds, by the addon beside DEB.
build_example() {
    local dir tools
    dir=$(machine_dir "$machine")
    tools=$dir/tools
    dpkg-deb --extract "$1" "$tools"
    dpkg-deb --extract "$(echo "${1%/*}"/dh-amphid_*.deb)" "$tools"
    cp -a packaging/debian/tests/hello-service "$dir/"
    (
        cd "$dir/hello-service"
        PATH=$tools/usr/bin:$PATH PERL5LIB=$tools/usr/share/perl5 DEB_BUILD_OPTIONS=terse \
            DH_AUTOSCRIPTDIR=$tools/usr/share/debhelper/autoscripts \
            dpkg-buildpackage --no-check-builddeps --no-sign --build=binary
    ) >"$dir/example.log" 2>&1 || { cat "$dir/example.log" >&2 && return 1; }
    mv "$dir/hello-service_1_all.deb" "$2"
}

# copy_deb DEB NAME: and what is the next version of it.
copy_deb() {
    local next
    next=$(machine_dir "$machine")/next.deb
    repack_deb "$1" "$next"
    copy_to "$machine" "$1" "/root/packages/$2.deb"
    copy_to "$machine" "$next" "/root/packages/${3:-$2-next}.deb"
}

# The image of packaging/container with the helper as its service, and the files beside it.
copy_image() {
    local dir file
    dir=$(machine_dir "$machine")
    printf '%s\n' '[service]' 'drain-sec = 0' \
        'exec-start = ["helper", "serve", "--listen", "8080", "--exit-on", "TERM:0"]' >"$dir/drop-in.toml"
    printf '%s\n' '[service]' 'exec-start = ["helper", "serve", "--stdout"]' >"$dir/args.toml"
    packaging/container/build scratch "$dir/web.tar" "$helper:/usr/local/bin/helper" \
        packaging/container/web.toml:/etc/amphid/web.toml "$dir/args.toml:/etc/amphid/args.toml" \
        "$dir/drop-in.toml:/etc/amphid/web.toml.d/helper.toml"
    copy_to "$machine" "$dir/web.tar" /root/packages/web.tar
    packaging/container/build debian "$dir/debian.tar" --tree "$(make_tree "$suite" bare)"
    copy_to "$machine" "$dir/debian.tar" /root/packages/debian.tar
    rm "$dir/debian.tar"
    run_in "$machine" mkdir -p /root/container
    for file in packaging/container/*; do copy_to "$machine" "$file" "/root/container/${file##*/}"; done
}

copy_packages() {
    local deb file example
    if [[ $kind == podman ]]; then
        copy_image
        return
    fi
    if [[ $kind == rpm ]]; then
        for file in "$place"/amphid-*.rpm; do copy_to "$machine" "$file" "/root/packages/${file##*/}"; done
        return
    fi
    deb=$(find_deb)
    copy_deb "$deb" amphid next
    if [[ $script == deb ]]; then
        example=$(machine_dir "$machine")/example.deb
        build_example "$deb" "$example"
        copy_deb "$example" hello-service
        copy_to "$machine" packaging/debian/tests/smoke /root/packages/smoke
    fi
}

prepare_machine() {
    local file
    run_in "$machine" mkdir -p /root/cases /root/steps /root/packages /root/config
    copy_to "$machine" "$helper" /usr/local/bin/helper
    copy_to "$machine" "$here/cases/inside.sh" /root/cases/inside.sh
    for file in "$here"/packages/*.sh; do copy_to "$machine" "$file" "/root/steps/${file##*/}"; done
    for file in config/*.toml; do copy_to "$machine" "$file" "/root/$file"; done
    copy_packages
}

list_steps() {
    local file
    for file in "$here/packages/$script.sh" "$here/packages/$script"_*.sh; do
        [[ ! -e $file ]] || sed -n 's/^step_\([a-z_0-9]*\)() {$/\1/p; s/^# reboot$/reboot/p' "$file"
    done
}

run_step() {
    local step=$1 output code=0
    if [[ $step == reboot ]]; then
        output=$(reboot_machine "$machine" 2>&1) || code=$?
        # In a subshell the new leader was found for nobody.
        find_machine "$machine" || code=1
    else
        output=$(run_in "$machine" bash /root/steps/inside.sh "$script" "$step" 2>&1) || code=$?
    fi
    if ((code == 0)); then
        echo "passed: $step"
        report 1 0 0
    else
        printf 'FAILED: %s (%s on %s)\n    %s\n' "$step" "$script" "$suite" "${output//$'\n'/$'\n'    }"
        report 0 1 0
        status=1
    fi
}

status=0
boot_machine "$machine" "$suite" "$kind"
prepare_machine
for step in $(list_steps); do
    run_step "$step"
done
halt_machine "$machine"
exit "$status"
