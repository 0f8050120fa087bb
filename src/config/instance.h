// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/value.h"

#include <string>
#include <vector>

namespace amphid {

/// Puts the instance of a template in place of %i and %I (unescaped, as systemd does) in each
/// string of the table; %% is a %. Other specifiers are mistakes.
void expand_instance(Table& table, const std::string& instance, std::vector<Diagnostic>& found);

} // namespace amphid
