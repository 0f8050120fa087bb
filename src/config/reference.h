// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <string_view>

namespace amphid {

// Every key with its type, default and sentence, printed from the schema.

/// For a terminal.
std::string reference_text();

/// The manual page amphid.toml(5).
std::string reference_man(std::string_view version);

/// A JSON Schema (draft 7), for editors.
std::string reference_json_schema();

/// An example file with every key, most of them commented out.
std::string reference_toml();

} // namespace amphid
