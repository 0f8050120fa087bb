// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/diagnostic.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace amphid {

struct Value;
struct Member;

/// A TOML table in the order of the text.
using Table = std::vector<Member>;
using Array = std::vector<Value>;
/// A date or a time, which no key takes.
struct OtherValue {};

/// A TOML value with its place in the text.
struct Value {
    std::variant<std::string, std::int64_t, double, bool, Array, Table, OtherValue> data;
    Position at;
};

struct Member {
    std::string key;
    Position at;
    Value value;
};

/// "a string", "an array"...: for "expected X, got Y".
std::string_view kind_of(const Value& value);

struct Document {
    Table root;
    std::vector<Diagnostic> diagnostics;
};

/// The text as TOML 1.0. Its syntax errors stand in the diagnostics; what could be read besides
/// them is in the root.
Document parse_toml(std::string_view text);

struct ParsedConfig;

/// A configuration that was no text but is the tree of one; places are those of the tree.
ParsedConfig read_tree(const Table& root);

} // namespace amphid
