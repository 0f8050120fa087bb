// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

namespace amphid {

/// Throws OsError if something is missing that is needed to find and signal processes: /proc,
/// pidfds (Linux 5.3; a sandbox may deny them), or a few file descriptors.
void require_process_handles();

/// Throws OsError where there is no system call for keyrings, or a sandbox denies it.
void require_keyrings();

} // namespace amphid
