// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/exec_context.h"

namespace amphid {

/// The environment of a process of the service, in systemd's order: the base, the user's variables,
/// those of the directories, `own` (of this one process), the file's assignments, and the
/// environment files'.
Environment environment_of(const ExecContext& context, const Environment& own = {},
                           const std::vector<Environment>& from_files = {});

/// Removes what unset-environment names: a variable, or a variable with exactly this value.
void unset_variables(Environment& environment, const std::vector<std::string>& names);

} // namespace amphid
