// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/state.h"

#include <optional>
#include <string>

namespace amphid {

/// Where to look for a service whose state is missing or does not tell of it.
struct Unrecorded {
    const std::string& name;
    const std::string& directory;     // where the state ought to be
    const std::string& second_record; // the path of its SecondRecord
};

/// A sentence about processes of a service that are alive although its state does not tell of them:
/// its launcher was killed and its files are gone. Known by the second record, and without a state
/// by a cgroup of that name. Empty if there are none.
std::string unrecorded_message(const Unrecorded& where, bool has_state);

/// Throws Failure with that sentence. Nobody knows any more which of the processes is what, so a
/// start must not add a second copy, and a stop must not say that there was nothing to stop.
void refuse_unrecorded(const Unrecorded& where, bool has_state);

/// Removes a second record of which no process is alive: for a command that keeps none of its own.
void remove_dead_record(const std::string& second_record);

} // namespace amphid
