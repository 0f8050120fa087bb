// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <optional>
#include <string>

namespace amphid {

/// Where systemd is booted, did not start us, and has a unit that was generated from this very
/// file, a start that insists on nothing is that unit's: systemctl's exit code. Nothing where the
/// start is ours: also for a service that runs already, and for a file with mistakes. Without
/// `retries`, systemd does not try again either.
std::optional<int> start_generated_unit(const std::string& service, bool retries);

} // namespace amphid
