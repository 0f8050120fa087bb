// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/journal_query.h"
#include "app/service.h"
#include "plan/host.h"
#include "plan/log_settings.h"

#include <optional>
#include <string>

namespace amphid {

/// Where a service's output is to be found.
struct LogSource {
    std::string service;
    std::optional<LogSettings> file; // a log of its own
    JournalMatches journal;          // else here
};

/// Throws Failure for a service whose output is not kept, or not for us to read.
LogSource log_source_of(const KnownService& service, const Host& host);

/// The last lines of its last run, each with its end; empty where there are none to be had, or
/// where that run wrote to the terminal of its caller. Never waits for the service.
std::string last_lines_of(const KnownService& service, const Host& host, std::size_t count);

} // namespace amphid
