// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <span>

namespace amphid {

/// The program behind main(): prepares the process, parses the command line and runs the command.
/// Throws Failure and OsError.
int run_program_main(std::span<char* const> argv);

} // namespace amphid
