// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <string_view>

namespace amphid {

/// What the command line says in place of a configuration file, or after it.
struct GivenText {
    std::string origin; // for diagnostics, in place of the file's path
    std::string text;   // TOML
};

/// Why KEY=VALUE cannot be a setting; empty: it can.
std::string mistake_of_setting(std::string_view setting);

/// The TOML of KEY=VALUE: a key without a table is in [service], a value that is no TOML literal is
/// a string. Where both could be meant (a user called 1000) the key decides.
GivenText given_setting(std::string_view setting);

/// A configuration that runs `program`, an absolute path or a name, in that directory.
GivenText given_program(std::string_view program, std::string_view directory);

/// Adds an environment file; a path that is not absolute is in that directory.
GivenText given_environment_file(std::string_view path, std::string_view directory);

} // namespace amphid
