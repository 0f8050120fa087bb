// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/command.h"
#include "plan/exec_context.h"

namespace amphid {

/// True if a command of that context will have fewer rights than we have: another user's, fewer
/// capabilities, or no way to get more by a set-user-ID program. In our session it could type into
/// our terminal (TIOCSTI), which has all of ours.
bool has_lesser_rights(const ExecContext& context,
                       Privileges privileges = Privileges::normal) noexcept;

} // namespace amphid
