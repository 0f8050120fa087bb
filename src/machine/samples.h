// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "machine/machine.h"

#include <string_view>
#include <vector>

namespace amphid {

// The samples that the transition table is printed from.

struct NamedPolicy {
    std::string_view name;
    Policy policy;
};

struct SampleMachine {
    std::string_view name;
    Machine machine;
};

/// The moment of every sample event.
constexpr Moment sample_moment = seconds(1000);

std::vector<NamedPolicy> sample_policies();
/// One machine for each state that this policy can reach, after a while in that state.
std::vector<SampleMachine> sample_machines(const Policy& policy);
std::vector<Event> sample_events();
/// True if this event cannot happen to that machine.
bool is_impossible(const Machine& machine, const Policy& policy, const Event& event);

} // namespace amphid
