// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/expand.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace amphid {
namespace {

bool assigns(std::string_view assignment, std::string_view name) {
    return assignment.size() > name.size() && assignment[name.size()] == '=' &&
           assignment.starts_with(name);
}

bool is_white_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// An invalid name counts as an unset variable.
std::string_view value_of(std::string_view name, const Environment& environment) {
    if (!is_variable_name(name)) {
        return {};
    }
    return find_variable(environment, name).value_or(std::string_view());
}

// Splits a value into words. Quotes group and are removed, a backslash makes the next character
// literal; an unclosed quote or a trailing backslash is tolerated.
std::vector<std::string> split_value(std::string_view value) {
    std::vector<std::string> words;
    bool in_word = false;
    char quote = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        if (quote == 0 && is_white_space(c)) {
            in_word = false;
            continue;
        }
        if (!in_word) {
            words.emplace_back();
        }
        in_word = true;
        if (c == '\\') {
            if (++i < value.size()) {
                words.back() += value[i];
            }
        } else if (quote != 0 ? c == quote : c == '\'' || c == '"') {
            quote = quote != 0 ? '\0' : c;
        } else {
            words.back() += c;
        }
    }
    return words;
}

// Expands and consumes the "${…}" at the start of the text.
std::string take_braced(std::string_view& text, const Environment& environment) {
    const std::size_t end = text.find_first_of(":}", 2);
    const bool is_closed = end != std::string_view::npos && text[end] == '}';
    const std::string_view taken = text.substr(0, end == std::string_view::npos ? end : end + 1);
    text.remove_prefix(taken.size());
    // "${FOO:-x}" is shell syntax, which systemd does not have: only the inside is expanded.
    return std::string(is_closed ? value_of(taken.substr(2, end - 2), environment) : taken);
}

std::string expand_within(std::string_view text, const Environment& environment) {
    std::string result;
    while (!text.empty()) {
        if (text.starts_with("${")) {
            result += take_braced(text, environment);
        } else if (text.starts_with("$$")) {
            result += '$';
            text.remove_prefix(2);
        } else {
            const std::string_view taken = text.substr(0, text.find('$', 1));
            result += taken;
            text.remove_prefix(taken.size());
        }
    }
    return result;
}

bool is_lone_variable(std::string_view word) {
    return word.starts_with('$') && !word.starts_with("${") && !word.starts_with("$$");
}

} // namespace

bool is_variable_name(std::string_view name) {
    const auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return !name.empty() && !is_digit(name.front()) &&
           std::all_of(name.begin(), name.end(),
                       [&](char c) { return is_letter(c) || is_digit(c); });
}

std::optional<std::string_view> find_variable(const Environment& environment,
                                              std::string_view name) {
    for (const std::string& assignment : environment) {
        if (assigns(assignment, name)) {
            return std::string_view(assignment).substr(name.size() + 1);
        }
    }
    return std::nullopt;
}

void set_variable(Environment& environment, std::string_view name, std::string_view value) {
    std::string assignment(name);
    assignment += '=';
    assignment += value;
    for (std::string& present : environment) {
        if (assigns(present, name)) {
            present = std::move(assignment);
            return;
        }
    }
    environment.push_back(std::move(assignment));
}

void unset_variable(Environment& environment, std::string_view name) {
    std::erase_if(environment,
                  [name](const std::string& assignment) { return assigns(assignment, name); });
}

std::vector<std::string> expand_argv(const Command& command, const Environment& environment) {
    if (!command.expand || command.argv.empty()) {
        return command.argv;
    }
    std::vector<std::string> result{command.argv.front()};
    for (auto word = std::next(command.argv.begin()); word != command.argv.end(); ++word) {
        if (!is_lone_variable(*word)) {
            result.push_back(expand_within(*word, environment));
            continue;
        }
        const std::string_view name = std::string_view(*word).substr(1);
        for (std::string& argument : split_value(value_of(name, environment))) {
            result.push_back(std::move(argument));
        }
    }
    return result;
}

void append_literally(Command& command, std::span<const std::string> arguments) {
    for (const std::string& argument : arguments) {
        std::string& word = command.argv.emplace_back();
        for (const char c : argument) {
            word.append(command.expand && c == '$' ? 2 : 1, c);
        }
    }
}

} // namespace amphid
