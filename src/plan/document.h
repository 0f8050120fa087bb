// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/enum_names.h"
#include "base/text.h"
#include "plan/state.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace amphid {

/// The format's version, its first line. A reader refuses any other.
inline constexpr std::string_view document_version = "amphid-state=1";
inline constexpr std::string_view document_end = "end=1";

/// The state as one document: the version line, then "key=value" a line, nested keys with dots;
/// backslash and newline in a value are escaped; the last line says that nothing is missing.
std::string encode(const State& state);

/// The state that a document tells. Unknown keys are passed over; a missing first or last line, a
/// line without "=", a key twice or a value that its field cannot hold refuses the whole document.
std::optional<State> decode(std::string_view document);

} // namespace amphid
