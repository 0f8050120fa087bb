// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/health_check.h"

#include "machine/event.h"

namespace amphid {

HealthCheck::HealthCheck(const Health& health, Subject& subject)
    : health_(health), set_(health.checks, subject, health.timeout) {}

void HealthCheck::begin(TimeSpan now) {
    set_.rest();
    asking_ = false;
    failures_ = 0;
    next_ = after(now, health_.interval);
    set_.wake_at(next_);
}

void HealthCheck::rest() {
    set_.rest();
    asking_ = false;
    next_ = TimeSpan::infinity();
}

HealthCheck::News HealthCheck::look(TimeSpan now) {
    set_.look(now);
    if (!asking_ && now >= next_) {
        asking_ = true;
        set_.ask(TimeSpan::infinity(), now);
    }
    return asking_ && !set_.is_busy() ? end_of_round(now) : News::none;
}

HealthCheck::News HealthCheck::end_of_round(TimeSpan now) {
    asking_ = false;
    next_ = after(now, health_.interval);
    set_.wake_at(next_);
    if (is_satisfied(Match::all, set_.findings())) {
        failures_ = 0;
        return News::passed;
    }
    return ++failures_ >= health_.failures ? News::ill : News::failed;
}

} // namespace amphid
