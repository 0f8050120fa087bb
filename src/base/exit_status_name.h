// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <optional>
#include <string_view>

namespace amphid {

/// The exit status that a word stands for: a number from 0 to 255, or one of the names of
/// systemd.exec(5), "Process Exit Codes", and sysexits.h, as SuccessExitStatus= takes them.
std::optional<int> exit_status_of_name(std::string_view text);

} // namespace amphid
