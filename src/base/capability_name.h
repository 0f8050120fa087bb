// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace amphid {

/// "CAP_NET_BIND_SERVICE" for 10 (capabilities(7)); "CAP_63" for one that is not in this table.
std::string capability_name(int number);

/// The number of a capability's name in capitals or small letters; nullopt if it is unknown.
std::optional<int> parse_capability(std::string_view name);

/// The capability that a misspelt name most likely means; empty if none is close.
std::string nearest_capability(std::string_view name);

} // namespace amphid
