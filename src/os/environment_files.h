// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/exec_context.h"

#include <string>
#include <vector>

namespace amphid {

/// What the environment files of a service say at this moment.
struct EnvironmentsRead {
    std::vector<Environment> files;
    std::vector<std::string> warnings; // each with file and line
    /// Why they cannot be used: an errno, 0 where they can, and the object, with its line.
    int error = 0;
    std::string object;
};

/// Reads them in order, those that a pattern matches in the order of their names. Run by root,
/// files that others could write are refused.
EnvironmentsRead read_environment_files(const ExecContext& context);

} // namespace amphid
