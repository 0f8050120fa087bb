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

/// Parses TOML 1.0. Syntax errors are reported as diagnostics; whatever else could be parsed is in
/// the root.
Document parse_toml(std::string_view text);

struct ParsedConfig;

/// Reads a configuration that exists only as a tree; positions are those of the tree.
ParsedConfig read_tree(const Table& root);

} // namespace amphid
