// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/options.h"

#include <functional>

namespace amphid {

/// `run --watch`: calls `run`, a foreground start, in a child process, and again when one of the
/// paths, the configuration or one of its drop-ins has changed; the former child is stopped first.
/// After a child that ended by itself, waits for a change. SIGINT, SIGQUIT, SIGTERM and SIGHUP end
/// both; returns the child's exit code, or ends by the signal that ended it.
int run_watched(const Arguments& arguments, const std::function<int()>& run);

} // namespace amphid
