// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/host.h"

#include <string>

namespace amphid {

/// Tells the launcher of that service that its log file may have been moved away, so that it begins
/// a new one now instead of with the next output. Nobody runs: nothing is to be done.
void reopen_log(const std::string& service, const Host& host);

} // namespace amphid
