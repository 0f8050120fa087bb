// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"
#include "os/fd.h"
#include "os/signals.h"

#include <cstdint>
#include <vector>

namespace amphid {

/// What the launcher waits for, in the order in which simultaneous events are looked at: the words
/// of a process before its death.
enum class Source : std::uint8_t {
    notify,
    words,
    output,
    signals,
    pid_file,
    main_end,
    cgroup,
    inherited,
    probes,
    health,
    watchdog,
    store,
    upstream,
    timer
};

/// The event loop: epoll over signalfd, timerfd and what is watched. Sleeps without a wakeup until
/// the kernel has an event.
class Loop {
public:
    /// Takes over the signals (open_signals). The kernel's objects are made when they are first
    /// needed, which is after the service was started. All members throw OsError.
    explicit Loop(Fd signals) : signals_(std::move(signals)) {}

    /// `urgent`: for EPOLLPRI, which is how cgroup files tell of changes. A closed descriptor is no
    /// longer watched.
    void watch(Source source, int fd, bool urgent = false);

    /// The one timer, at a moment of CLOCK_MONOTONIC; infinity disarms.
    void set_timer(TimeSpan moment);

    /// Waits for events; returns their sources in order, each once.
    std::vector<Source> wait();

    const Fd& signals() const { return signals_; }

private:
    void open();

    Fd epoll_;
    Fd signals_;
    Fd timer_;
};

} // namespace amphid
