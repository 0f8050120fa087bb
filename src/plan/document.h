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

/// The format's version, its first line. Readers refuse any other.
inline constexpr std::string_view document_version = "amphid-state=1";
inline constexpr std::string_view document_end = "end=1";

/// The state as a document: the version line, then one "key=value" per line, nested keys with dots;
/// backslash and newline in a value are escaped; the last line marks the end.
std::string encode(const State& state);

/// Parses a document. Unknown keys are ignored; a missing first or last line, a line without "=", a
/// duplicate key or a value out of range makes the whole document invalid.
std::optional<State> decode(std::string_view document);

} // namespace amphid
