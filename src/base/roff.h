// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <string_view>

namespace amphid {

// The source of manual pages (man(7)).

/// Escapes the text for one line of a page: hyphens stay hyphens, nothing is read as a request.
std::string roff_text(std::string_view text);

/// Licence lines and .TH.
std::string roff_title(std::string_view name, int section, std::string_view version,
                       std::string_view group);

} // namespace amphid
