// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/glob.h"

#include <optional>

namespace amphid {

namespace {

/// Consumes a bracket expression and tells whether it contains the character; nullopt if the "["
/// starts none and is literal.
std::optional<bool> take_brackets(std::string_view& pattern, char c) {
    std::size_t i = 1;
    const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
    i += negated ? 1 : 0;
    bool found = false;
    for (const std::size_t first = i; i < pattern.size(); ++i) {
        if (pattern[i] == ']' && i > first) {
            pattern.remove_prefix(i + 1);
            return found != negated;
        }
        const bool range = i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']';
        const char last = pattern[range ? i + 2 : i];
        found = found || (pattern[i] <= c && c <= last);
        i += range ? 2 : 0;
    }
    return std::nullopt;
}

/// Consumes one element of the pattern and tells whether it matches the character.
bool take_one(std::string_view& pattern, char c) {
    if (pattern.front() == '[') {
        if (const auto found = take_brackets(pattern, c)) {
            return *found;
        }
    } else if (pattern.front() == '\\' && pattern.size() > 1) {
        pattern.remove_prefix(1);
    } else if (pattern.front() == '?') {
        pattern.remove_prefix(1);
        return true;
    }
    const bool same = pattern.front() == c;
    pattern.remove_prefix(1);
    return same;
}

} // namespace

bool matches_glob(std::string_view pattern, std::string_view text) {
    // Position of the last "*", and the text it has not consumed yet.
    std::optional<std::string_view> star;
    std::string_view rest;
    while (!text.empty() || !pattern.empty()) {
        if (pattern.starts_with('*')) {
            pattern.remove_prefix(1);
            star = pattern;
            rest = text;
            continue;
        }
        std::string_view next = pattern;
        if (!text.empty() && !pattern.empty() && take_one(next, text.front())) {
            pattern = next;
            text.remove_prefix(1);
            continue;
        }
        if (!star || rest.empty()) {
            return false;
        }
        rest.remove_prefix(1);
        pattern = *star;
        text = rest;
    }
    return true;
}

} // namespace amphid
