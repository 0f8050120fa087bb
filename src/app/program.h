// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <span>

namespace amphid {

/// The program behind main(): readies the process, understands the command line, runs the command.
/// Throws Failure and OsError.
int run_program_main(std::span<char* const> argv);

} // namespace amphid
