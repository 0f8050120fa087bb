// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/host.h"
#include "resolve/unit_file.h"

namespace amphid {

/// The facts needed for a unit of that file on this host. Throws OsError.
UnitFacts facts_about(const ServiceFile& file, const Config& config, Manager manager);

/// The file's own name for it, or its stem.
std::string service_name(const ServiceFile& file, const Config& config);

/// The manager of a file's unit: the system's if the file or the caller belongs to the system.
Manager manager_for(const ServiceFile& file, const Host& host);

} // namespace amphid
