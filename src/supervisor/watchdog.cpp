// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/watchdog.h"

#include "os/clock.h"
#include "os/os_error.h"

#include <algorithm>
#include <sys/timerfd.h>

namespace amphid {

namespace {

TimeSpan from_now(TimeSpan span) {
    const TimeSpan now = monotonic_now();
    return span.usec > TimeSpan::infinity().usec - now.usec ? TimeSpan::infinity()
                                                            : TimeSpan{now.usec + span.usec};
}

} // namespace

void Watchdog::begin() {
    on_ = true;
    pinged_ = passed_ = false;
    deadline_ = from_now(service_);
    const bool our_own = service_.is_infinite() && !has_health_ && manager_watches();
    next_ = our_own ? from_now({manager_.usec / 2}) : TimeSpan::infinity();
    set_timer();
}

void Watchdog::rest() {
    on_ = false;
    deadline_ = next_ = TimeSpan::infinity();
    set_timer();
}

bool Watchdog::pinged() {
    if (!on_) {
        return false;
    }
    deadline_ = from_now(service_);
    set_timer();
    pinged_ = true;
    return sign_is_due();
}

bool Watchdog::passed() {
    passed_ = true;
    return on_ && sign_is_due();
}

/// Both have to have shown that they are well since the last sign.
bool Watchdog::sign_is_due() {
    const bool due =
        manager_watches() && (pinged_ || service_.is_infinite()) && (passed_ || !has_health_);
    if (due) {
        pinged_ = passed_ = false;
    }
    return due;
}

void Watchdog::set_interval(TimeSpan span) {
    service_ = span;
    if (on_) {
        deadline_ = from_now(span);
        next_ = TimeSpan::infinity();
        set_timer();
    }
}

void Watchdog::extend(TimeSpan by) {
    if (on_ && !deadline_.is_infinite()) {
        deadline_ = std::max(deadline_, from_now(by));
        set_timer();
    }
}

Watchdog::News Watchdog::look() {
    std::uint64_t expirations = 0;
    while (::read(timer_.get(), &expirations, sizeof expirations) > 0) {
    }
    const TimeSpan now = monotonic_now();
    News out = News::none;
    if (deadline_ <= now) {
        deadline_ = TimeSpan::infinity();
        out = News::service_is_silent;
    } else if (next_ <= now) {
        next_ = from_now({manager_.usec / 2});
        out = News::sign_is_due;
    }
    set_timer();
    return out;
}

void Watchdog::set_timer() {
    const TimeSpan first = std::min(deadline_, next_);
    if (!timer_) {
        if (first.is_infinite()) {
            return;
        }
        timer_ = Fd(checked(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
                            "cannot make", "a timer"));
    }
    itimerspec when{};
    if (!first.is_infinite()) {
        when.it_value.tv_sec = first.usec / 1'000'000;
        when.it_value.tv_nsec = first.usec % 1'000'000 * 1000 + 1; // all zero would disarm
    }
    checked(::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr), "cannot set",
            "a timer");
}

} // namespace amphid
