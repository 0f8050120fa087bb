#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
#
# The .rpm, by rpm and dnf with real scriptlets and real dependencies, on a Debian that plays Fedora:
# the package `base` says of Debian's own files what a distribution of rpms says of its own.
# shellcheck disable=SC2154,SC2016  # what inside.sh has set, and the shells of the commands under test

packages=/root/packages

step_base() {
    local library
    {
        cat <<'SPEC'
Name: base
Version: 1
Release: 1
Summary: What Debian has installed here
License: MIT
BuildArch: noarch
Provides: /bin/sh
SPEC
        for library in /lib/x86_64-linux-gnu/libc.so.6 /lib64/ld-linux-x86-64.so.2; do
            echo "$library" | /usr/lib/rpm/elfdeps --provides | sed 's/^/Provides: /'
        done
        printf '%s\n' 'Provides: rtld(GNU_HASH)' '%description' 'What Debian has installed.' '%files'
    } >"$scratch/base.spec"
    expect_code 0 rpmbuild --quiet --define "_topdir $scratch/rpmbuild" -bb "$scratch/base.spec"
    expect_code 0 rpm -i "$scratch"/rpmbuild/RPMS/noarch/base-1-1.noarch.rpm
}

step_install() {
    serve early
    expect_code 0 rpm -i "$packages"/amphid-*-1.x86_64.rpm
    expect_code 0 rpm -V amphid
    expect_equal 'what rpm -V says' "$output" ''
    expect_unit early.service LoadState=loaded FragmentPath=/run/systemd/generator/early.service
    expect_code 0 systemctl start early
    expect_code 0 amphid status early
    expect_code 0 systemctl stop early
    expect_code 0 journalctl --update-catalog # as systemd's own package does where rpm is at home
    expect_match 'the catalog' "$(journalctl --dump-catalog)" 'Subject: Service @AMPHID_SERVICE@ is ready'
    expect_code 0 systemd-analyze verify amphid@web.service
    expect_equal 'what systemd-analyze says' "$output" ''
}

# build_service RELEASE: a package that brings a service, by the macros that amphid's has installed.
build_service() {
    mkdir -p "$scratch/rpmbuild/SOURCES"
    printf '[service]\nexec-start = ["/bin/sleep", "infinity"]\n' >"$scratch/rpmbuild/SOURCES/hello.toml"
    cat >"$scratch/hello.spec" <<SPEC
Name: hello
Version: 1
Release: $1
Summary: A package that brings a service
License: MIT
BuildArch: noarch
Requires: amphid
%description
One file.
%install
%amphid_install %{_sourcedir}/hello.toml
%files
%{_amphiddir}/hello.toml
%amphid_scriptlets hello
SPEC
    expect_code 0 rpmbuild --quiet --define "_topdir $scratch/rpmbuild" -bb "$scratch/hello.spec"
}

step_package_that_brings_a_service() {
    local main
    build_service 1
    build_service 2
    expect_code 0 rpm -i "$scratch"/rpmbuild/RPMS/noarch/hello-1-1.noarch.rpm
    expect_unit hello LoadState=loaded ActiveState=inactive FragmentPath=/run/systemd/generator/hello.service
    expect_code 0 systemctl start hello
    main=$(state_of hello main.pid)
    expect_code 0 rpm -U "$scratch"/rpmbuild/RPMS/noarch/hello-1-2.noarch.rpm
    expect_gone "$main"
    expect_unit hello ActiveState=active
    main=$(state_of hello main.pid)
    expect_code 0 rpm -e hello
    expect_gone "$main"
    expect_unit hello LoadState=not-found
}

step_upgrade_by_dnf_leaves_services_running() {
    serve web '[install]' 'wanted-by = "multi-user.target"' && serve inst && serve asked && serve daemon
    systemctl daemon-reload
    expect_code 0 systemctl enable --now amphid@inst
    expect_code 0 systemctl start web asked
    expect_code 0 amphid start --daemon daemon
    echo asked >/etc/amphid/restart-on-upgrade
    remember_launchers inst web asked daemon
    remember web.toml "$(sha256sum </etc/amphid/web.toml)"
    mkdir -p "$scratch/repo"
    cp "$packages"/amphid-*-2.x86_64.rpm "$scratch/repo/"
    expect_code 0 createrepo_c --quiet "$scratch/repo"
    expect_code 0 dnf --assumeyes --quiet --disablerepo='*' --repofrompath="ours,$scratch/repo" --nogpgcheck \
        upgrade amphid
    expect_match 'the version' "$(rpm -q amphid)" '-2[.]x86_64$'
    expect_same_launchers inst web daemon
    expect_gone "$(recall asked)"
    expect_unit asked ActiveState=active
    expect_equal 'web.toml' "$(sha256sum </etc/amphid/web.toml)" "$(recall web.toml)"
}

step_erase_by_dnf_stops_and_disables() {
    expect_code 0 dnf --assumeyes --quiet --disablerepo='*' remove amphid
    await 'the end of every service' sh -c '! pgrep -x "amphid|helper"'
    expect_equal 'links to instances' "$(find /etc/systemd -name 'amphid@*')" ''
    expect_unit web LoadState=not-found
    expect_equal 'what is left besides the configuration' "$(
        list_traces | grep -v -e '^/etc/amphid$' -e '^/run/amphid$' || :)" ''
    [[ -e /etc/amphid/web.toml ]] || fail 'a configuration is gone'
}

step_install_by_dnf_and_erase_by_rpm() {
    expect_code 0 dnf --assumeyes --quiet --disablerepo='*' --repofrompath="ours,$scratch/repo" --nogpgcheck \
        install amphid
    expect_code 0 systemctl start web
    expect_unit web ActiveState=active
    expect_code 0 rpm -e amphid
    expect_equal 'processes' "$(list_processes)" ''
    expect_unit web LoadState=not-found
}
