// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

namespace amphid {

/// Gives back to the system what an earlier, more spacious phase of this process has used and
/// nobody holds any more: free pages of the heap, and the stack below the caller.
void give_back_memory();

/// Holds some address space in reserve, untouched, unless that is done already. Where there is none
/// left (RLIMIT_AS, no more to commit), operator new and names_in() use it up before they fail.
void keep_memory_reserve();

/// False where there is none.
bool use_memory_reserve();

} // namespace amphid
