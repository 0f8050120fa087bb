// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/exec_context.h"

namespace amphid {

/// What a process of the service finds, in systemd's order: the base, the user's variables, those
/// of the directories, `own` (of this one process), the file's assignments, and the environment
/// files'.
Environment environment_of(const ExecContext& context, const Environment& own = {},
                           const std::vector<Environment>& from_files = {});

/// Takes away what unset-environment names: a variable, or one that has exactly this value.
void unset_variables(Environment& environment, const std::vector<std::string>& names);

} // namespace amphid
