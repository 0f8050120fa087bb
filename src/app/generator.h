// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <span>
#include <string_view>

namespace amphid {

/// True where the program was called by the name of one of its generators.
bool is_generator(std::string_view program);

/// The program as systemd.generator(7) describes one: writes a unit for each configuration into the
/// first of the three directories that it is given. It talks to no manager, and whatever is wrong
/// with one file is a line of the kernel's log; the exit code is 1 only where nothing could be
/// written at all.
int run_generator(std::span<char* const> argv);

} // namespace amphid
