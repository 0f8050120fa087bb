// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "resolve/import.h"

#include <string>
#include <vector>

namespace amphid {

/// A directory that systemd-tmpfiles makes at boot.
struct BootDirectory {
    std::string path;
    std::string mode;
    std::string user;
    std::string group;
    friend bool operator==(const BootDirectory&, const BootDirectory&) = default;
};

/// Those below /run that concern the service: of a file of the unit's name, of the unit's user, or
/// with its pid file in it. Elsewhere they are there from the installation on.
std::vector<BootDirectory> boot_directories(const std::vector<UnitSource::File>& tmpfiles,
                                            std::string_view stem, std::string_view user,
                                            std::string_view pid_file);

} // namespace amphid
