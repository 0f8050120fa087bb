// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/memory.h"

#include <cstdint>
#include <malloc.h>
#include <new>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace amphid {

namespace {

/// For the first thread, whose stack is followed by a gap of 1 MiB (stack_guard_gap): the range
/// contains nothing but stack.
[[gnu::noinline]] void give_back_stack() {
    constexpr std::uintptr_t deepest = std::uintptr_t{512} << 10;
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    constexpr std::uintptr_t this_call = 512; // our own frame and madvise's
    const std::uintptr_t end = (here - this_call) / page * page;
    ::madvise(reinterpret_cast<void*>(end - deepest), deepest, MADV_DONTNEED);
}

} // namespace

namespace {

constexpr std::size_t reserve_size = std::size_t{1} << 20;

/// For std::new_handler, which takes no argument.
void*& memory_reserve() {
    static void* reserve = nullptr;
    return reserve;
}

void use_reserve_or_fail() {
    if (!use_memory_reserve()) {
        throw std::bad_alloc();
    }
}

} // namespace

void keep_memory_reserve() {
    if (memory_reserve() != nullptr) {
        return;
    }
    void* const reserve =
        ::mmap(nullptr, reserve_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (reserve != MAP_FAILED) {
        memory_reserve() = reserve;
        std::set_new_handler(use_reserve_or_fail);
    }
}

bool use_memory_reserve() {
    void* const reserve = std::exchange(memory_reserve(), nullptr);
    return reserve != nullptr && ::munmap(reserve, reserve_size) == 0;
}

void give_back_memory() {
    ::malloc_trim(0);
    give_back_stack();
}

} // namespace amphid
