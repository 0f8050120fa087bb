// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/setting.h"

#include "base/text.h"
#include "config/config.h"

#include <algorithm>
#include <vector>

namespace amphid {

namespace {

constexpr std::string_view key_bytes =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

std::string assignment(std::string_view key, std::string_view value) {
    const bool has_table = key.find('.') != std::string_view::npos;
    return concat(has_table ? "" : "service.", key, " = ", value, '\n');
}

/// Nobody writes a string that begins like this without meaning TOML.
bool is_literal(std::string_view value) {
    return !value.empty() &&
           std::string_view("[{\"'").find(value.front()) != std::string_view::npos;
}

bool could_be_literal(std::string_view value) {
    return value == "true" || value == "false" ||
           (!value.empty() && value.find_first_not_of("+-.0123456789") == std::string_view::npos);
}

std::size_t mistakes_in(std::string_view text) {
    constexpr std::string_view complete = "service.exec-start = [\"/bin/true\"]\n";
    const auto parsed = parse_config({complete, text}, std::nullopt);
    return static_cast<std::size_t>(std::count_if(
        parsed.diagnostics.begin(), parsed.diagnostics.end(),
        [](const Diagnostic& one) { return one.severity == Diagnostic::Severity::error; }));
}

} // namespace

std::string mistake_of_setting(std::string_view setting) {
    const auto equals = setting.find('=');
    const std::string_view key = setting.substr(0, equals);
    const bool is_key = !key.empty() && key.find_first_not_of(key_bytes) == std::string_view::npos;
    return equals != std::string_view::npos && is_key
               ? std::string()
               : concat("--set: expected KEY=VALUE, got '", printable(setting), '\'');
}

GivenText given_setting(std::string_view setting) {
    const auto equals = setting.find('=');
    const std::string_view key = setting.substr(0, equals);
    const std::string_view value = setting.substr(equals + 1);
    const std::string as_string = assignment(key, json_string(value));
    const std::string as_it_is = assignment(key, value);
    const bool literal = is_literal(value) || (could_be_literal(value) &&
                                               mistakes_in(as_it_is) <= mistakes_in(as_string));
    return {"--set", literal ? as_it_is : as_string};
}

GivenText given_program(std::string_view program, std::string_view directory) {
    return {"--exec", concat("[service]\nexec-start = [", json_string(program),
                             "]\nworking-directory = ", json_string(directory), '\n')};
}

GivenText given_environment_file(std::string_view path, std::string_view directory) {
    const std::string whole =
        path.starts_with('/') ? std::string(path) : concat(directory, '/', path);
    return {"--env-file", concat("service.environment-file = [", json_string(whole), "]\n")};
}

} // namespace amphid
