// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "plan/plan.h"

#include <string>
#include <vector>

namespace amphid {

/// The sockets of all [[socket]] in the order in which the service gets them: that of the file, and
/// within a table streams, datagrams, sequential packets, fifos.
std::vector<Socket> sockets_of(const Config& config, const std::string& service);

/// Leaves those to the manager whose names are among the descriptors that it passed.
void leave_passed_sockets(Plan& plan, const std::vector<std::string>& given);

/// The name of the descriptors of a table that gives none.
std::string default_socket_name(std::string_view service);

} // namespace amphid
