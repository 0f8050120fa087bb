// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "os/timer.h"

#include <cstdint>
#include <functional>
#include <sys/epoll.h>
#include <vector>

namespace amphid {

/// The order in which simultaneous events are handled: a process's messages before its exit, the
/// machine's deadline last.
enum class Turn : std::uint8_t { notify, output, signals, processes, checks, store, deadline };

class EventSource;

/// The event loop (epoll(7)). Sleeps without wakeups until the kernel has an event. Owners of
/// events hold an EventSource.
class Loop {
public:
    Loop() = default;
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Waits for events and gives each source that has one its turn; `after_turn` is called after
    /// each turn and says whether to go on. Throws what a turn throws.
    void run_once(const std::function<bool()>& after_turn);

private:
    friend class EventSource;
    int fd();
    void forget(const EventSource* watch);

    Fd epoll_; // created with the first source, which is after the service was started
    std::vector<EventSource*> ready_;
};

/// A descriptor whose owner wants its events: registered by on(), deregistered by off() or its
/// destructor. The descriptor is not owned and must stay open until then. A turn should handle only
/// a fair share of what is pending: the rest gets its next turn after all other sources.
class EventSource {
public:
    EventSource(Loop& loop, Turn turn, std::function<void()> on_event)
        : loop_(loop), turn_(turn), on_event_(std::move(on_event)) {}
    EventSource(const EventSource&) = delete;
    EventSource& operator=(const EventSource&) = delete;
    ~EventSource() { off(); }

    /// Watches this descriptor instead of the previous one; -1: none. Repeating it changes nothing.
    /// `events`: EPOLLPRI is how cgroup files tell of changes. Throws OsError.
    void on(int fd, std::uint32_t events = EPOLLIN);
    void off();
    bool is_off() const { return fd_ < 0; }

private:
    friend class Loop;
    Loop& loop_;
    Turn turn_;
    std::function<void()> on_event_;
    int fd_ = -1;
};

/// Calls back at a moment of CLOCK_MONOTONIC.
class Timer {
public:
    Timer(Loop& loop, Turn turn, std::function<void()> on_elapsed)
        : on_elapsed_(std::move(on_elapsed)), source_(loop, turn, [this] { look(); }) {}

    /// Moves it; infinity disarms. Throws OsError.
    void set(TimeSpan moment);

private:
    void look();

    std::function<void()> on_elapsed_;
    TimerFd timer_;
    EventSource source_;
};

} // namespace amphid
