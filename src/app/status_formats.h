// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/service_status.h"

#include <string>
#include <string_view>
#include <vector>

namespace amphid {

// `status` for programs. Both forms are contracts: amphid-status(5).

/// The version of the JSON document. It is increased when a member is removed or changes its
/// meaning; readers must ignore unknown members.
inline constexpr int status_version = 1;

/// One object on one line. Members that are unknown or do not apply are absent.
std::string status_json(const ServiceStatus& status);

/// A JSON Schema (2020-12) of that object.
std::string status_json_schema();

/// The manual page amphid-status(5).
std::string status_man(std::string_view version);

/// All services in the text format of Prometheus, as node_exporter's textfile collector reads it.
std::string status_metrics(const std::vector<ServiceStatus>& statuses);

} // namespace amphid
