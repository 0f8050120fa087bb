// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/host.h"

namespace amphid {

/// Collects the facts. Never fails: what cannot be read keeps its default.
Host read_host();

/// Our path in systemd's cgroup hierarchy, as seen by that systemd, which may itself run in a
/// container's cgroup.
std::string systemd_cgroup_of_ours();

} // namespace amphid
