// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/occasion.h"
#include "plan/plan.h"

#include <string>
#include <string_view>

namespace amphid {

/// What stands in each of a launcher's entries in the journal.
struct LogOwner {
    std::string identifier = "amphid"; // SYSLOG_IDENTIFIER
    std::string fields;                // "AMPHID_SERVICE=web\nUNIT=web.service\n"
    std::string_view invocation_field = "INVOCATION_ID";
};

/// The launcher of this service. In a unit its lines have the label that systemd gives to them.
LogOwner log_owner(const Plan& plan);

/// An entry in journald's native protocol. `text` has no line ends.
std::string journal_entry(const LogOwner& owner, std::string_view invocation_id, int priority,
                          std::string_view text, Occasion occasion);

/// The line as a person reads it on standard error; `colour` by its priority (syslog(3)).
std::string line_for_person(int priority, std::string_view text, bool colour);

} // namespace amphid
