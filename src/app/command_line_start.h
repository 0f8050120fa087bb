// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/start.h"
#include "resolve/plan.h"

namespace amphid {

// What the command line adds to the configuration of a start.

/// The file, or the program of --exec, with the settings of --set. Throws Failure.
ServiceFile file_to_start(const std::string& service, const StartOptions& options,
                          const Host& host);

/// Adds them to the only exec-start as they are. Throws Failure if there are several.
void pass_arguments(Plan& plan, const std::vector<std::string>& arguments);

} // namespace amphid
