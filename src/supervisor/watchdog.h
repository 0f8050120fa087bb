// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"
#include "os/timer.h"

#include <cstdint>

namespace amphid {

/// Signs of life both ways: the service's, which are awaited, and those that the manager awaits.
/// Nothing is made, and nobody is woken, where neither is asked for.
class Watchdog {
public:
    /// `manager`: how often it awaits a sign; infinity: never. `has_health`: a sign for the manager
    /// needs a passed check, too.
    Watchdog(TimeSpan manager, bool has_health) : manager_(manager), has_health_(has_health) {}

    // `now` is the moment of CLOCK_MONOTONIC at which a member is called. All throw OsError.

    /// From the readiness of the service on; `service` is how often its signs are due in this
    /// activation (watchdog-sec, unless WATCHDOG_USEC= said otherwise).
    void begin(TimeSpan service, TimeSpan now);
    void rest();

    // Each returns true where a sign is due for the manager now.
    bool pinged(TimeSpan now);
    bool passed();

    /// The service asks for another interval (WATCHDOG_USEC=), or for more time once.
    void set_interval(TimeSpan service, TimeSpan now);
    void extend(TimeSpan by, TimeSpan now);

    bool manager_watches() const { return !manager_.is_infinite(); }

    /// Becomes readable when look() has something to say; -1: never.
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
    TimeSpan deadline_ = TimeSpan::infinity(); // of the service's next sign
    TimeSpan next_ = TimeSpan::infinity();     // of a sign of our own
    TimerFd timer_;
};

} // namespace amphid
