// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/exec_context.h"

#include <string>
#include <vector>

namespace amphid {

/// The current contents of a service's environment files.
struct EnvironmentsRead {
    std::vector<Environment> files;
    std::vector<std::string> warnings; // each with file and line
    /// Why they cannot be used: an errno (0 if they can) and the file with its line.
    int error = 0;
    std::string object;
};

/// Reads them in order, those that match a pattern sorted by name. As root, refuses files that
/// others could write.
EnvironmentsRead read_environment_files(const ExecContext& context);

} // namespace amphid
