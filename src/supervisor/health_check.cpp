// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/health_check.h"

#include "os/clock.h"

namespace amphid {

HealthCheck::HealthCheck(const Health& health, Subject& subject)
    : health_(health), set_(health.checks, subject, health.timeout) {}

void HealthCheck::begin() {
    set_.rest();
    asking_ = false;
    failures_ = 0;
    next_ = health_.interval.is_infinite() ? health_.interval
                                           : TimeSpan{monotonic_now().usec + health_.interval.usec};
    set_.wake_at(next_);
}

void HealthCheck::rest() {
    set_.rest();
    asking_ = false;
    next_ = TimeSpan::infinity();
}

HealthCheck::News HealthCheck::look() {
    set_.look();
    if (!asking_ && monotonic_now() >= next_) {
        asking_ = true;
        set_.ask(TimeSpan::infinity());
    }
    return asking_ && !set_.is_busy() ? end_of_round() : News::none;
}

HealthCheck::News HealthCheck::end_of_round() {
    asking_ = false;
    next_ = TimeSpan{monotonic_now().usec + health_.interval.usec};
    set_.wake_at(next_);
    if (is_satisfied(Match::all, set_.findings())) {
        failures_ = 0;
        return News::passed;
    }
    return ++failures_ >= health_.failures ? News::ill : News::failed;
}

} // namespace amphid
