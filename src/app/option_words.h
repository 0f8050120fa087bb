// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/enum_names.h"
#include "base/text.h"

#include <string>
#include <string_view>

namespace amphid {

/// Parses an argument as one of an enumeration's names.
template <NamedEnum E>
std::string choose(E& out, std::string_view word) {
    const auto found = from_name<E>(word);
    if (!found) {
        std::string known;
        for (const std::string_view name : enum_names(E{})) {
            known += concat(known.empty() ? "" : ", ", name);
        }
        return concat("unknown format '", word, "'; known formats are ", known);
    }
    out = *found;
    return {};
}

template <NamedEnum E>
inline constexpr auto words_of = enum_names(E{});

} // namespace amphid
