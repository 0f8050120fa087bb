// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/words.h"

#include <string>
#include <string_view>

namespace amphid {

/// The unit of a process by its path in systemd's cgroup hierarchy, as sd_pid_get_unit(3) and, for
/// a user manager, sd_pid_get_user_unit(3) find it: the first part below the manager's slices.
/// Empty if the path has none.
std::string unit_in_cgroup(std::string_view cgroup, Manager manager);

} // namespace amphid
