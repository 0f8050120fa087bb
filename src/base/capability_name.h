// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace amphid {

/// "CAP_NET_BIND_SERVICE" for 10 (capabilities(7)); "CAP_63" for one without a name here.
std::string capability_name(int number);

/// The number of a capability's name in capitals or small letters; nothing for an unknown one.
std::optional<int> parse_capability(std::string_view name);

/// The name of a capability that a mistyped one is near to; empty: none.
std::string nearest_capability(std::string_view name);

} // namespace amphid
