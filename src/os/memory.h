// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

namespace amphid {

/// Returns memory of an earlier phase to the system: free pages of the heap, and the unused stack
/// below the caller.
void give_back_memory();

/// Reserves some address space, unless that was done before. When memory runs out (RLIMIT_AS,
/// commit limit), operator new and names_in() use it up before they fail.
void keep_memory_reserve();

/// False if there is none.
bool use_memory_reserve();

} // namespace amphid
