// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/host.h"

namespace amphid {

/// Looks around. Never fails: what cannot be read stays at its default.
Host read_host();

/// Our path in systemd's cgroup hierarchy as that systemd sees it, which may itself be in a cgroup
/// of a container's.
std::string systemd_cgroup_of_ours();

} // namespace amphid
