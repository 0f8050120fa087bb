// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/exec_context.h"

namespace amphid {

/// Finds out what `user`, `group` and `supplementary-groups` of the context mean on this host and
/// fills its credentials. Asks the name service, which may load libraries and open sockets: to be
/// called before any fork. Throws OsError for what is unknown, and with EPERM where we may not
/// become it.
void look_up_credentials(ExecContext& context);

} // namespace amphid
