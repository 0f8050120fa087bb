// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "resolve/import.h"

#include <string>
#include <vector>

namespace amphid {

/// A directory that systemd-tmpfiles creates at boot.
struct BootDirectory {
    std::string path;
    std::string mode;
    std::string user;
    std::string group;
    friend bool operator==(const BootDirectory&, const BootDirectory&) = default;
};

/// The directories below /run that the service needs: from a file named like the unit, owned by the
/// unit's user, or containing its pid file. Directories elsewhere exist since installation.
std::vector<BootDirectory> boot_directories(const std::vector<UnitSource::File>& tmpfiles,
                                            std::string_view stem, std::string_view user,
                                            std::string_view pid_file);

} // namespace amphid
