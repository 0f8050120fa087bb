// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"

#include <vector>

namespace amphid {

/// The rules about [[socket]].
std::vector<Diagnostic> check_socket_rules(const Config& config);

/// How many descriptors all of [[socket]] make.
std::size_t number_of_sockets(const Config& config);

} // namespace amphid
