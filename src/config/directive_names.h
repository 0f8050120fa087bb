// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace amphid {

// The names of systemd's directives for a service.

/// The version of systemd that introduced the directive; 0 if all supported versions have it, or if
/// the name is unknown.
unsigned first_version_of(std::string_view directive);

/// The sections that accept it: "unit", "service", "install"; empty if none is known.
std::vector<std::string_view> sections_with(std::string_view directive);

/// All known directives of a section.
std::vector<std::string_view> directives_in(std::string_view section);

/// One line for each: section, name and the version that introduced it.
std::string reference_directives();

} // namespace amphid
