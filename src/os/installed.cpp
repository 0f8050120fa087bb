// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/installed.h"

#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"

#include <array>
#include <climits>
#include <unistd.h>

namespace amphid {

namespace {

constexpr std::string_view library = "libsystemd-shared-";

/// "libsystemd-shared-252.4-598.fc37.so": 252.
unsigned version_in(std::string_view name) {
    if (!name.starts_with(library)) {
        return 0;
    }
    name.remove_prefix(library.size());
    return parse_number<unsigned>(name.substr(0, name.find_first_not_of("0123456789"))).value_or(0);
}

unsigned version_below(const std::string& directory) {
    unsigned out = 0;
    for (const std::string& name : names_in(directory)) {
        out = std::max(out, version_in(name));
    }
    return out;
}

} // namespace

std::string own_program() {
    std::array<char, PATH_MAX> path;
    const ssize_t size = checked(::readlink("/proc/self/exe", path.data(), path.size()),
                                 "cannot read", "/proc/self/exe");
    std::string out(path.data(), static_cast<std::size_t>(size));
    constexpr std::string_view gone = " (deleted)"; // replaced by a newer one while we run
    if (out.ends_with(gone)) {
        out.resize(out.size() - gone.size());
    }
    return out;
}

unsigned installed_systemd_version() {
    unsigned out = 0;
    for (const char* directory : {"/usr/lib/systemd", "/usr/lib64/systemd", "/lib/systemd"}) {
        out = std::max(out, version_below(directory));
    }
    for (const std::string& name : names_in("/usr/lib")) {
        if (name.find("-linux-") != std::string::npos) { // Debian's multiarch
            out = std::max(out, version_below(concat("/usr/lib/", name, "/systemd")));
        }
    }
    return out;
}

} // namespace amphid
