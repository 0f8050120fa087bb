// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/condition.h"
#include "supervisor/bus_connection.h"
#include "supervisor/events.h"
#include "supervisor/log.h"
#include "supervisor/loop.h"

#include <optional>
#include <string>

namespace amphid {

/// Watches the name that made the service ready, as long as it is up; reports NameLost. A bus that
/// goes away takes no name: it is not watched any more.
class NameWatch {
public:
    /// All references outlive it.
    NameWatch(Loop& loop, EventQueue& events, Log& log, const std::string& service)
        : events_(events), log_(log), service_(service),
          source_(loop, Turn::checks, [this] { look(); }) {}

    /// Of these conditions the one about a name, if there is one. Throws OsError.
    void begin(const Readiness& ready);
    void rest();

private:
    void look();

    EventQueue& events_;
    Log& log_;
    const std::string& service_;
    std::optional<OwnsName> condition_;
    bool held_ = false;
    BusConnection bus_;
    EventSource source_;
};

} // namespace amphid
