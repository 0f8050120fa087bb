// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "plan/host.h"

#include <vector>

namespace amphid {

/// What the configuration needs and this host lacks: programs, interpreters, users, groups,
/// directories and privileges. Errors are what a start would fail because of.
std::vector<Diagnostic> check_on_host(const Config& config, const Host& host);

} // namespace amphid
