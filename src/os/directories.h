// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/exit_code.h"
#include "plan/exec_context.h"

namespace amphid {

/// Why a directory could not be made; `error` 0: they are all there.
struct DirectoryFailure {
    ExecStage stage = ExecStage::none;
    int error = 0;
    std::string object;
};

/// Makes the service's own directories with their modes and gives them to its user, as systemd does
/// (systemd.exec(5), RuntimeDirectory=): parents belong to us; one that is there gets mode and
/// owner, with all that is in it where the owner was another; configuration-directory stays its
/// owner's. No symbolic link of another user is followed. Throws nothing.
DirectoryFailure make_directories(const ExecContext& context);

/// Removes the runtime directories, whatever is in them.
void remove_runtime_directories(const ExecContext& context);

} // namespace amphid
