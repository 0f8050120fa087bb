// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

namespace amphid {

/// Gives back to the system what an earlier, more spacious phase of this process has used and
/// nobody holds any more: free pages of the heap, and the stack below the caller.
void give_back_memory();

} // namespace amphid
