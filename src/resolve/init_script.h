// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "resolve/unit_file.h"

namespace amphid {

/// A service script for OpenRC (openrc-run(8)).
std::string openrc_script(const Config& config, const UnitFacts& facts);

/// An LSB init script with its header, actions and exit codes.
std::string sysv_script(const Config& config, const UnitFacts& facts);

} // namespace amphid
