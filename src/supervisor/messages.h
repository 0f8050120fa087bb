// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "machine/machine.h"
#include "plan/plan.h"
#include "supervisor/activation_facts.h"

#include <functional>
#include <string>
#include <string_view>

namespace amphid {

/// What the supervisor says of its service is said of this. Pure.
struct Situation {
    const Plan& plan;
    const Machine& machine;
    const ActivationFacts& activation;
    int launcher_pid = 0;
    int main_pid = 0;
    /// The conditions of [ready] that do not hold.
    std::string unmet;
    /// What the start of a process stumbled over, where its stage alone does not tell.
    std::string refused_object;
    /// The service has got the signal that stops it from somebody else: ^C, `kill %1`.
    bool told_by_others = false;
};

/// What the start waits for; empty where for nothing.
std::string awaited(const Situation& of);

/// The one line of `status` and of systemd's STATUS=.
std::string status_line(const Situation& of);

/// What the starting command prints.
std::string ready_message(const Situation& of, bool adopted);

/// The log's line about a new state, with its priority; empty where there is nothing to say.
/// `members` lists the service's processes.
struct LogLine {
    int priority = 0;
    std::string text;
};
LogLine transition_message(const Situation& of, const std::function<std::string()>& members);

/// Why the service failed.
std::string failure_message(const Situation& of);

/// What the starting command prints of a failed start, below the failure: what the service said
/// itself, what was refused on the way, its last words.
std::string failure_details(const Situation& of, std::string_view last_words);

/// A service's words as they are shown below a message.
std::string indented(std::string_view words);

} // namespace amphid
