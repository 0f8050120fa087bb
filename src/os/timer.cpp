// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/timer.h"

#include "os/os_error.h"

#include <cstdint>
#include <sys/timerfd.h>
#include <unistd.h>

namespace amphid {

void TimerFd::set(TimeSpan moment) {
    if (moment.is_infinite() && moment_.is_infinite()) {
        return;
    }
    if (!fd_) {
        fd_ = Fd(checked(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
                         "cannot create", "a timer"));
    }
    itimerspec when{};
    if (!moment.is_infinite()) {
        when.it_value.tv_sec = moment.usec / 1'000'000;
        when.it_value.tv_nsec = moment.usec % 1'000'000 * 1000 + 1; // zero would disarm it
    }
    checked(::timerfd_settime(fd_.get(), TFD_TIMER_ABSTIME, &when, nullptr), "cannot set",
            "a timer");
    moment_ = moment;
}

bool TimerFd::take_elapsed() const {
    std::uint64_t expirations = 0;
    return ::read(fd_.get(), &expirations, sizeof expirations) > 0;
}

} // namespace amphid
