// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/plan.h"

#include <optional>
#include <string>
#include <vector>

namespace amphid {

struct ProgramResult {
    int exit_code = 0; // 128 + N for a death by signal
    std::string output;
};

/// Runs a program from PATH to its end with our own descriptors, except for its standard output if
/// `capture` is set. Returns nullopt, with errno, if it cannot be executed.
std::optional<ProgramResult> run_program(const std::vector<std::string>& argv, bool capture);

/// The program that a command names: a path as it is, a plain name looked up in systemd's fixed
/// search path; below `root` unless that is empty. Throws OsError if it cannot be executed.
std::string find_program(const std::string& path, const std::string& root = {});

/// The same for every command of the plan; commands that may fail ("-") may be missing.
void find_programs(Plan& plan);

/// As root: refuses, by OsError, a program or an environment file of the plan that somebody else
/// could change. A program that the service's user owns is as trusted as that user, whom it runs
/// as.
void require_trusted_files(const Plan& plan);

} // namespace amphid
