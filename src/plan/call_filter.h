// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/sandbox_syntax.h"

namespace amphid {

/// A comparison of one argument of a system call.
struct ArgumentTest {
    enum class Compare : std::uint8_t { differs, less, greater, masked };
    unsigned index = 0;
    Compare compare = Compare::masked;
    std::uint64_t value = 0;
    std::uint64_t mask = 0; // masked: of the bits that have to be equal to `value`
};

/// What happens to a call whose arguments pass all tests.
struct CallRule {
    std::string call;
    int action = 0;
    std::vector<ArgumentTest> tests;
};

/// A filter for seccomp(2).
struct CallFilter {
    /// The architectures that `rules` and `otherwise` are for.
    std::vector<Architecture> architectures;
    int others = allow_call; // calls of other architectures
    int otherwise = allow_call;
    std::vector<CallRule> rules;
};

/// The architecture of this program, and those whose programs its kernel executes, too. The native
/// one is the last.
std::vector<Architecture> local_architectures();

/// The keys that need a filter, and are set: "lock-personality, restrict-realtime".
std::string keys_with_filter(const SandboxSettings& settings);

/// The filters in the order in which to apply them, systemd's own: what would deny the application
/// of the others comes last. `personality`: the one to lock.
std::vector<CallFilter> filters_of(const SandboxSettings& settings,
                                   const std::vector<Architecture>& local,
                                   unsigned long personality);

/// The capabilities that the keys take away.
std::uint64_t capabilities_taken_by(const SandboxSettings& settings);

/// A filter as text, a rule in each line.
std::string describe(const CallFilter& filter);

} // namespace amphid
