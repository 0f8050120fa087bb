// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

#include <cstdio>
#include <cstdlib>
#include <exception>

namespace __gnu_cxx { // NOLINT(bugprone-reserved-identifier): libstdc++'s own name

/// Replaces libstdc++'s, which also decodes the name of the exception's type: that takes tables of
/// pointers, and each launcher would relocate a page of them and keep it for its life.
void __verbose_terminate_handler() { // NOLINT(bugprone-reserved-identifier)
    try {
        if (std::current_exception()) {
            throw;
        }
    } catch (const std::exception& error) {
        ::dprintf(2, "amphid: nobody expected this: %s\n", error.what());
    } catch (...) { // NOLINT(bugprone-empty-catch): there is nothing to tell
    }
    std::abort();
}

} // namespace __gnu_cxx
