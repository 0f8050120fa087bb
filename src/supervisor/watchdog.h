// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"
#include "os/fd.h"

namespace amphid {

/// Signs of life both ways: the service's, which are awaited, and those that the manager awaits.
/// Nothing is made, and nobody is woken, where neither is asked for.
class Watchdog {
public:
    /// `service`, `manager`: how often each sign is due; infinity: never. `has_health`: a sign for
    /// the manager needs a passed check, too.
    Watchdog(TimeSpan service, TimeSpan manager, bool has_health)
        : service_(service), manager_(manager), has_health_(has_health) {}

    /// From the readiness of the service on. Throws OsError.
    void begin();
    void rest();

    // Each returns true where a sign is due for the manager now.
    bool pinged();
    bool passed();

    /// The service asks for another interval (WATCHDOG_USEC=), or for more time once.
    void set_interval(TimeSpan span);
    void extend(TimeSpan by);

    bool manager_watches() const { return !manager_.is_infinite(); }

    /// Becomes readable when look() has something to say; -1: never.
    int fd() const { return timer_.get(); }
    enum class News : std::uint8_t { none, service_is_silent, sign_is_due };
    News look();

private:
    bool sign_is_due();
    void set_timer();

    TimeSpan service_;
    TimeSpan manager_;
    bool has_health_;
    bool on_ = false;
    bool pinged_ = false;
    bool passed_ = false;
    TimeSpan deadline_ = TimeSpan::infinity(); // of the service's next sign
    TimeSpan next_ = TimeSpan::infinity();     // of a sign of our own
    Fd timer_;
};

} // namespace amphid
