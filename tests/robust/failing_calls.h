// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <vector>

namespace amphid::test {

/// Added to the number of a call on a pipe, a socket or another thing that is no file: that fails
/// in other ways.
inline constexpr long in_no_file = 1L << 32;
/// Of a call with WNOHANG.
inline constexpr long does_not_wait = 1L << 33;

/// A system call and the ways in which it may fail on a machine that is short of something, broken
/// or sandboxed; the likeliest first. None: it cannot, or nobody can do anything about it.
struct FailingCall {
    long number;
    const char* name;
    std::vector<int> errors;

    /// There are so many that the last says something that the first does not.
    bool is_frequent() const;
};

/// The one table.
const std::vector<FailingCall>& failing_calls();

/// Null where the table does not know it.
const FailingCall* find_call(long number);

/// The kernel does what was asked for, and then reports an error.
bool happens_though_it_fails(long number);

/// "EMFILE"; a number where the C library has no name.
std::string error_name(int error);

} // namespace amphid::test
