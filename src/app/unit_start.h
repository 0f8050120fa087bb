// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/volume.h"

#include <optional>
#include <string>

namespace amphid {

/// If systemd is booted, did not start us, and has a unit generated from this file, a start without
/// mode options is done by that unit; returns systemctl's exit code. Returns nullopt if we have to
/// start it ourselves: also for a service that is running already, and for a file with errors.
/// Without `retries` systemd does not retry either.
std::optional<int> start_generated_unit(const std::string& service, bool retries, Volume volume);

} // namespace amphid
