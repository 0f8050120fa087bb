// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/watchdog.h"

#include "machine/event.h"

#include <algorithm>

namespace amphid {

/// Our own interval: if neither the service nor [health] has one.
TimeSpan Watchdog::next_sign(TimeSpan now) const {
    const bool our_own = service_.is_infinite() && !has_health_ && manager_watches();
    return our_own ? after(now, {manager_.usec / 2}) : TimeSpan::infinity();
}

void Watchdog::begin(TimeSpan service, TimeSpan now) {
    on_ = true;
    pinged_ = passed_ = false;
    set_interval(service, now);
}

void Watchdog::rest() {
    on_ = false;
    deadline_ = next_ = TimeSpan::infinity();
    set_timer();
}

bool Watchdog::pinged(TimeSpan now) {
    if (!on_) {
        return false;
    }
    deadline_ = after(now, service_);
    set_timer();
    pinged_ = true;
    return sign_is_due();
}

bool Watchdog::passed() {
    passed_ = true;
    return on_ && sign_is_due();
}

/// Both must have been healthy since the last keep-alive.
bool Watchdog::sign_is_due() {
    const bool due =
        manager_watches() && (pinged_ || service_.is_infinite()) && (passed_ || !has_health_);
    if (due) {
        pinged_ = passed_ = false;
    }
    return due;
}

void Watchdog::set_interval(TimeSpan service, TimeSpan now) {
    if (on_) {
        service_ = service;
        deadline_ = after(now, service);
        next_ = next_sign(now);
        set_timer();
    }
}

void Watchdog::extend(TimeSpan by, TimeSpan now) {
    if (on_ && !deadline_.is_infinite()) {
        deadline_ = std::max(deadline_, after(now, by));
        set_timer();
    }
}

Watchdog::News Watchdog::look(TimeSpan now) {
    timer_.take_elapsed();
    News out = News::none;
    if (deadline_ <= now) {
        deadline_ = TimeSpan::infinity();
        out = News::service_is_silent;
    } else if (next_ <= now) {
        next_ = next_sign(now);
        out = News::sign_is_due;
    }
    set_timer();
    return out;
}

void Watchdog::set_timer() {
    timer_.set(std::min(deadline_, next_));
}

} // namespace amphid
