// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <span>
#include <string_view>

namespace amphid {

/// True if the program was called by the name of one of its generators.
bool is_generator(std::string_view program);

/// A systemd.generator(7): writes a unit for each configuration into the first of the three
/// directories. It does not talk to the manager, and reports problems with a file in the kernel
/// log; the exit code is 1 only if nothing could be written at all.
int run_generator(std::span<char* const> argv);

} // namespace amphid
