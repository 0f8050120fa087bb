// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace amphid {

/// Reads the PID from a daemon's pid file, or says what is wrong with it ("its first line is …").
/// As systemd reads PIDFile=: the first line counts and may begin with blanks, as postfix writes
/// it. Trailing blanks are accepted, too.
std::variant<int, std::string> parse_pid_file(std::string_view text);

} // namespace amphid
