// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/listeners.h"

namespace amphid {

// Two ways to get the same list. Return nullopt if the kernel does not offer that one.

std::optional<std::vector<Listener>> listeners_by_sock_diag(const Endpoint& endpoint);
std::optional<std::vector<Listener>> listeners_by_proc(const Endpoint& endpoint);

/// Whether a socket that is bound to `bound` can be reached at the endpoint's host. `v6_only`: a
/// socket on "::" that takes no IPv4.
bool serves(const Endpoint& endpoint, const IpAddress& bound, bool v6_only);

} // namespace amphid
