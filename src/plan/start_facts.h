// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/expand.h"
#include "plan/start_condition.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace amphid {

/// A yes-or-no question that needs the host to answer: a path, a user, a controller.
struct StartQuestion {
    ConditionKind kind = ConditionKind::path_exists;
    std::string parameter;
    friend auto operator<=>(const StartQuestion&, const StartQuestion&) = default;
};

/// The facts that the conditions of a start are checked against.
struct StartFacts {
    std::map<StartQuestion, bool> answers;
    std::string machine = "x86_64"; // uname(2)
    std::string kernel_release;
    std::string kernel_command_line;
    std::string host_name;
    std::string machine_id;
    /// As systemd-detect-virt(1) prints it; empty: none.
    std::string container;
    std::string virtual_machine;
    bool private_users = false; // in a user namespace
    Environment environment;
    std::uint64_t bounding_set = ~std::uint64_t{0};
    std::vector<std::string> security; // those in use
    bool mains_power = true;
    bool first_boot = false;
    unsigned cpus = 1;
    std::uint64_t memory = 0; // bytes
};

} // namespace amphid
