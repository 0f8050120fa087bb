// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/occasion.h"
#include "machine/machine.h"
#include "plan/plan.h"
#include "supervisor/activation_facts.h"

#include <functional>
#include <string>
#include <string_view>

namespace amphid {

/// What messages about a service are made from. Pure.
struct Situation {
    const Plan& plan;
    const Machine& machine;
    const ActivationFacts& activation;
    int launcher_pid = 0;
    int main_pid = 0;
    /// The conditions of [ready] that do not hold.
    std::string unmet;
    /// The object of a failed start, if the stage alone does not tell.
    std::string refused_object;
    /// The service got the stop signal from somebody else: ^C, `kill %1`.
    bool told_by_others = false;
};

/// What the start is waiting for; empty if for nothing.
std::string awaited(const Situation& of);

/// The one line of `status` and of systemd's STATUS=.
std::string status_line(const Situation& of);

/// What the starting command prints.
std::string ready_message(const Situation& of, bool adopted);

/// The log line about a new state, with its priority; empty if there is nothing to log. `members`
/// lists the service's processes.
struct LogLine {
    int priority = 0;
    std::string text;
    Occasion occasion = Occasion::other;
};
LogLine transition_message(const Situation& of, const std::function<std::string()>& members);

/// "restarting in 2s", "restarting at once".
std::string restart_message(TimeSpan delay);

/// Why the service failed.
std::string failure_message(const Situation& of);

/// The details of a failed start that the starting command prints below the failure: the service's
/// own explanation, refusals, and its last output.
std::string failure_details(const Situation& of, std::string_view last_words);

/// Indents a service's output below a message.
std::string indented(std::string_view words);

} // namespace amphid
