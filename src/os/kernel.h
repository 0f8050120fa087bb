// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

namespace amphid {

/// Throws OsError where something is missing without which no process could be found again or
/// signalled: /proc, pidfds (Linux 5.3; a sandbox may deny them), or a few file descriptors.
void require_process_handles();

} // namespace amphid
