// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/exit_code.h"
#include "plan/exec_context.h"

namespace amphid {

/// Why a directory could not be made; `error` 0: all exist.
struct DirectoryFailure {
    ExecStage stage = ExecStage::none;
    int error = 0;
    std::string object;
};

/// Creates the service's own directories with their modes and gives them to its user, as systemd
/// does (systemd.exec(5), RuntimeDirectory=): parents belong to us; an existing one gets mode and
/// owner, and if the owner was another, so does its content; configuration-directory keeps its
/// owner. No symbolic link of another user is followed. Throws nothing.
DirectoryFailure make_directories(const ExecContext& context);

/// Removes the runtime directories with their content.
void remove_runtime_directories(const ExecContext& context);

} // namespace amphid
