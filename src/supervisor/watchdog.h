// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"
#include "os/timer.h"

#include <cstdint>

namespace amphid {

/// Keep-alives in both directions: those expected from the service, and those that the manager
/// expects. Creates no timer and causes no wakeup if neither is configured.
class Watchdog {
public:
    /// `manager`: the manager's interval; infinity: none. `has_health`: a keep-alive for the
    /// manager requires a passed check, too.
    Watchdog(TimeSpan manager, bool has_health) : manager_(manager), has_health_(has_health) {}

    // `now` is the moment of CLOCK_MONOTONIC at which a member is called. All throw OsError.

    /// The service is ready; `service` is its interval in this activation (watchdog-sec, or
    /// WATCHDOG_USEC=).
    void begin(TimeSpan service, TimeSpan now);
    void rest();

    // Each returns true if a keep-alive for the manager is due now.
    bool pinged(TimeSpan now);
    bool passed();

    /// The service asks for another interval (WATCHDOG_USEC=), or for more time once.
    void set_interval(TimeSpan service, TimeSpan now);
    void extend(TimeSpan by, TimeSpan now);

    bool manager_watches() const { return !manager_.is_infinite(); }

    /// Becomes readable when look() has news; -1: never.
    int fd() const { return timer_.fd(); }
    enum class News : std::uint8_t { none, service_is_silent, sign_is_due };
    News look(TimeSpan now);

private:
    bool sign_is_due();
    TimeSpan next_sign(TimeSpan now) const;
    void set_timer();

    TimeSpan service_ = TimeSpan::infinity();
    TimeSpan manager_;
    bool has_health_;
    bool on_ = false;
    bool pinged_ = false;
    bool passed_ = false;
    TimeSpan deadline_ = TimeSpan::infinity(); // for the service's next keep-alive
    TimeSpan next_ = TimeSpan::infinity();     // time of our next keep-alive
    TimerFd timer_;
};

} // namespace amphid
