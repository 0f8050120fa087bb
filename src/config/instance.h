// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/value.h"

#include <string>
#include <vector>

namespace amphid {

/// Replaces %i and %I (unescaped) with a template's instance in each string of the table, as
/// systemd does; %% is a %. Other specifiers are errors.
void expand_instance(Table& table, const std::string& instance, std::vector<Diagnostic>& found);

} // namespace amphid
