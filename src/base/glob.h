// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string_view>

namespace amphid {

/// Whether the whole text matches the pattern of glob(7): "*", "?", "[a-c]", "[!x]" and "\\".
bool matches_glob(std::string_view pattern, std::string_view text);

} // namespace amphid
