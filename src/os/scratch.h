// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <cstddef>

namespace amphid {

/// A large buffer that costs memory only as far as it was written to since the last rest: pages of
/// its own, not the heap's, which would keep them.
class Scratch {
public:
    explicit Scratch(std::size_t size) : size_(size) {}
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch();

    std::size_t size() const { return size_; }
    /// The buffer; throws std::bad_alloc.
    char* get();
    /// Its content is forgotten, its memory given back.
    void rest();

private:
    std::size_t size_;
    char* begin_ = nullptr;
};

} // namespace amphid
