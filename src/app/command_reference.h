// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <string_view>

namespace amphid {

// Other forms of the command line, generated from the option table.

/// The manual page amphid(1).
std::string command_man(std::string_view version);

/// Its section about the launcher's messages.
std::string journal_man();
/// What `journalctl --catalog` says about them.
std::string journal_catalog();

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

} // namespace amphid
