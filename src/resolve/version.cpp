// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/version.h"

#include "base/glob.h"
#include "base/text.h"

#include <algorithm>
#include <string>
#include <utility>

namespace amphid {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool counts(char c) {
    constexpr std::string_view separators = "-.~^";
    return is_digit(c) || is_letter(c) || separators.find(c) != std::string_view::npos;
}

/// Consumes the leading characters for which `belongs` is true.
std::string_view take(std::string_view& text, bool (*belongs)(char)) {
    std::size_t size = 0;
    while (size < text.size() && belongs(text[size])) {
        ++size;
    }
    const std::string_view out = text.substr(0, size);
    text.remove_prefix(size);
    return out;
}

int order_of_numbers(std::string_view a, std::string_view b) {
    const auto without_zeros = [](std::string_view digits) {
        const auto first = digits.find_first_not_of('0');
        return first == std::string_view::npos ? std::string_view() : digits.substr(first);
    };
    a = without_zeros(a);
    b = without_zeros(b);
    return a.size() != b.size() ? (a.size() < b.size() ? -1 : 1) : a.compare(b);
}

/// If only one of the two continues with `c`, that one is `order`; if both do, the character is
/// consumed.
std::optional<int> order_by(char c, int order, std::string_view& a, std::string_view& b) {
    const bool in_a = a.starts_with(c);
    const bool in_b = b.starts_with(c);
    if (in_a != in_b) {
        return in_a ? order : -order;
    }
    a.remove_prefix(in_a ? 1 : 0);
    b.remove_prefix(in_b ? 1 : 0);
    return std::nullopt;
}

} // namespace

std::optional<Comparison> take_comparison(std::string_view& text) {
    constexpr std::pair<std::string_view, Comparison> operators[] = {
        {"<=", Comparison::at_most},   {">=", Comparison::at_least}, {"!=", Comparison::different},
        {"<>", Comparison::different}, {"==", Comparison::equal},    {"<", Comparison::below},
        {">", Comparison::above},      {"=", Comparison::equal}};
    for (const auto& [word, comparison] : operators) {
        if (text.starts_with(word)) {
            text.remove_prefix(word.size());
            text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
            return comparison;
        }
    }
    return std::nullopt;
}

bool satisfies(int order, Comparison comparison) {
    switch (comparison) {
    case Comparison::below:
        return order < 0;
    case Comparison::at_most:
        return order <= 0;
    case Comparison::equal:
        return order == 0;
    case Comparison::different:
        return order != 0;
    case Comparison::at_least:
        return order >= 0;
    case Comparison::above:
        return order > 0;
    }
    return false;
}

int compare_versions(std::string_view a, std::string_view b) {
    for (;;) {
        take(a, [](char c) { return !counts(c); });
        take(b, [](char c) { return !counts(c); });
        if (const auto order = order_by('~', -1, a, b)) {
            return *order;
        }
        if (a.empty() || b.empty()) {
            return a.empty() == b.empty() ? 0 : a.empty() ? -1 : 1;
        }
        for (const char c : {'-', '^', '.'}) {
            if (const auto order = order_by(c, -1, a, b)) {
                return *order;
            }
        }
        const bool numbers =
            (!a.empty() && is_digit(a.front())) || (!b.empty() && is_digit(b.front()));
        const std::string_view from_a = take(a, numbers ? is_digit : is_letter);
        const std::string_view from_b = take(b, numbers ? is_digit : is_letter);
        if (numbers && (from_a.empty() || from_b.empty())) {
            return from_a.empty() ? -1 : 1; // numbers sort after letters
        }
        const int order = numbers ? order_of_numbers(from_a, from_b) : from_a.compare(from_b);
        if (order != 0) {
            return order;
        }
    }
}

bool is_version(std::string_view version, std::string_view words) {
    std::optional<Comparison> pending; // its version is the next word
    for (std::string_view word : split(words, ' ')) {
        if (word.empty()) {
            continue;
        }
        const auto found = pending ? std::exchange(pending, std::nullopt) : take_comparison(word);
        if (found && word.empty()) {
            pending = found;
        } else if (found) {
            const bool pattern = word.find_first_of("*?[") != std::string_view::npos;
            const bool same = pattern && matches_glob(word, version);
            const int order = pattern ? (same ? 0 : 1) : compare_versions(version, word);
            if (!satisfies(order, *found)) {
                return false;
            }
        } else if (!matches_glob(word, version)) {
            return false;
        }
    }
    return true;
}

} // namespace amphid
