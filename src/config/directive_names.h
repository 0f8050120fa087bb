// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace amphid {

// The names of systemd's directives for a service.

/// The version of systemd that knows the directive first; 0 where every supported one does, or
/// where the name is not known here.
unsigned first_version_of(std::string_view directive);

/// The sections in which systemd takes it: "unit", "service", "install"; empty: none that is known.
std::vector<std::string_view> sections_with(std::string_view directive);

/// All that are known of a section.
std::vector<std::string_view> directives_in(std::string_view section);

/// Each of them in a line: its section, its name, the version that knows it first.
std::string reference_directives();

} // namespace amphid
