// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/options.h"

#include <vector>

namespace amphid {

/// The options of `logs`.
std::vector<const OptionRow*> log_options();

} // namespace amphid
