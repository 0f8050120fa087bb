// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/unmet_condition.h"

#include "app/console.h"
#include "base/text.h"
#include "os/start_facts.h"
#include "resolve/start_condition.h"

#include <syslog.h>

namespace amphid {

std::optional<int> unmet_start_condition(const std::string& name, const UnitTable& unit, Log log) {
    if (!has_start_conditions(unit)) {
        return std::nullopt;
    }
    const auto unmet = unmet_condition(unit, read_start_facts(questions_of(unit)));
    if (!unmet) {
        return std::nullopt;
    }
    if (unmet->asserted) {
        throw Failure(ExitCode::failure,
                      concat(name, ": not started: ", unmet->words, " was not met"));
    }
    log.write(LOG_INFO, concat(name, ": start skipped: ", unmet->words, " was not met"));
    return code_of(ExitCode::success);
}

} // namespace amphid
