// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace amphid {

/// The PID in a file that a daemon wrote, or what is wrong with the file ("its first line is …").
/// As systemd reads PIDFile=: the first line counts and may begin with blanks, which is how postfix
/// writes it. Blanks at its end are let pass as well.
std::variant<int, std::string> parse_pid_file(std::string_view text);

} // namespace amphid
