// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/loop.h"

#include "os/os_error.h"

#include <algorithm>
#include <array>
#include <sys/epoll.h>
#include <sys/timerfd.h>

namespace amphid {

void Loop::open() {
    if (!epoll_) {
        epoll_ = Fd(checked(::epoll_create1(EPOLL_CLOEXEC), "cannot make", "the event loop"));
        watch(Source::signals, signals_.get());
    }
}

void Loop::watch(Source source, int fd, bool urgent) {
    open();
    epoll_event event{};
    event.events = urgent ? EPOLLPRI : EPOLLIN;
    event.data.u32 = static_cast<std::uint32_t>(source);
    checked(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event), "cannot watch", "a descriptor");
}

void Loop::set_timer(TimeSpan moment) {
    if (!timer_) {
        if (moment.is_infinite()) {
            return;
        }
        timer_ = Fd(checked(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
                            "cannot make", "a timer"));
        watch(Source::timer, timer_.get());
    }
    itimerspec when{};
    if (!moment.is_infinite()) {
        when.it_value.tv_sec = moment.usec / 1'000'000;
        // All zero would disarm.
        when.it_value.tv_nsec = moment.usec % 1'000'000 * 1000 + 1;
    }
    checked(::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr), "cannot set",
            "a timer");
}

std::vector<Source> Loop::wait() {
    open();
    std::array<epoll_event, 16> events{};
    const int n = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
    std::vector<Source> out;
    for (int i = 0; i < n; ++i) {
        const auto source = static_cast<Source>(events[static_cast<std::size_t>(i)].data.u32);
        if (source == Source::timer) {
            std::uint64_t expirations = 0;
            // Set again meanwhile: nothing to read, nothing elapsed.
            if (::read(timer_.get(), &expirations, sizeof expirations) <= 0) {
                continue;
            }
        }
        out.push_back(source);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

} // namespace amphid
