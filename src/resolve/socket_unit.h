// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "resolve/unit_file.h"

#include <string>
#include <vector>

namespace amphid {

/// A .socket unit beside the unit of a service.
struct SocketUnit {
    std::string name; // "web.socket"
    std::string text;
};

/// A unit for each [[socket]]: NAME.socket, NAME-2.socket and so on. systemd listens in place of
/// the launcher, which takes the sockets by their name.
std::vector<SocketUnit> socket_units(const Config& config, const UnitFacts& facts);

/// The value of Sockets= in the unit of the service; empty if it has none.
std::string sockets_directive(const Config& config, const UnitFacts& facts);

} // namespace amphid
