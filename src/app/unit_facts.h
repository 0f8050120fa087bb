// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/host.h"
#include "resolve/unit_file.h"

namespace amphid {

/// What there is to know about this host for a unit of that file. Throws OsError.
UnitFacts facts_about(const ServiceFile& file, const Config& config, Manager manager);

/// The file's own word for it, or its stem.
std::string service_name(const ServiceFile& file, const Config& config);

/// Which manager a file's unit is for: the system's where the file or the caller is its.
Manager manager_for(const ServiceFile& file, const Host& host);

} // namespace amphid
