// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/memory.h"

#include <cstdint>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace amphid {

namespace {

/// Of the first thread, below whose stack the kernel keeps 1 MiB free of everything
/// (stack_guard_gap): what we reach is stack or nothing.
[[gnu::noinline]] void give_back_stack() {
    constexpr std::uintptr_t deepest = std::uintptr_t{512} << 10;
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    constexpr std::uintptr_t this_call = 512; // our own frame, and that of madvise
    const std::uintptr_t end = (here - this_call) / page * page;
    ::madvise(reinterpret_cast<void*>(end - deepest), deepest, MADV_DONTNEED);
}

} // namespace

void give_back_memory() {
    ::malloc_trim(0);
    give_back_stack();
}

} // namespace amphid
