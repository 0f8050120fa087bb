// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/scratch.h"

#include <new>
#include <sys/mman.h>

namespace amphid {

Scratch::~Scratch() {
    if (begin_ != nullptr) {
        ::munmap(begin_, size_);
    }
}

char* Scratch::get() {
    if (begin_ == nullptr) {
        void* const pages =
            ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED) {
            throw std::bad_alloc();
        }
        begin_ = static_cast<char*>(pages);
    }
    return begin_;
}

void Scratch::rest() {
    if (begin_ != nullptr) {
        ::madvise(begin_, size_, MADV_DONTNEED);
    }
}

} // namespace amphid
