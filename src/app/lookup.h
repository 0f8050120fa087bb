// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/host.h"
#include "resolve/configuration_path.h"
#include "resolve/plan.h"

#include <string>
#include <vector>

namespace amphid {

/// The file of that name and its drop-ins; if there is none, the path where a user would create it.
ServiceFile find_by_name(const std::string& stem, Manager manager, const Host& host);

/// The file at that absolute path: its drop-ins are next to it, or, if it is in one of the
/// configuration directories, where those of its name are.
ServiceFile find_by_path(const std::string& path, const std::string& stem, const Host& host);

/// True for a link to /dev/null.
bool is_mask(const std::string& path);

/// The stems of all configurations of a manager, each once, sorted.
std::vector<std::string> configured_names(Manager manager, const Host& host);

/// The message that a service, named without a directory, has no configuration: where it was
/// searched, and what may have been meant. Empty for one that was named by its path.
std::string no_configuration_message(const ServiceFile& file, const Host& host);

} // namespace amphid
