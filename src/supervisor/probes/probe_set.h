// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/timer.h"
#include "supervisor/probes/probe.h"

#include <memory>

namespace amphid {

/// Several conditions checked at the same time, with one descriptor that signals when to look
/// again.
class ProbeSet {
public:
    /// `timeout` limits each attempt. Throws OsError.
    ProbeSet(const std::vector<Condition>& conditions, Subject& subject, TimeSpan timeout);

    /// The service is about to be started: nothing holds yet.
    void begin();

    // `now` is the moment of CLOCK_MONOTONIC at which a member is called.

    /// Checks them all. After a "no" tries again after a short pause that grows to `longest_pause`;
    /// infinity: never.
    void ask(TimeSpan longest_pause, TimeSpan now);

    /// Becomes readable when look() has something to do.
    int fd() const { return epoll_.get(); }
    void look(TimeSpan now);

    /// Stops checking and gives up pending attempts.
    void rest();

    /// Makes fd() readable at that moment, too, for the owner's own purposes.
    void wake_at(TimeSpan moment);

    bool child_ended(pid_t pid, int status, TimeSpan now);
    void hear(const Line& line);
    std::vector<Probe::Gift> gifts() const;

    const std::vector<Finding>& findings() const { return findings_; }
    /// True while an attempt is pending.
    bool is_busy() const;

private:
    struct Slot {
        std::unique_ptr<Probe> probe;
        bool done = true;
        TimeSpan next = TimeSpan::infinity();    // to look again
        TimeSpan give_up = TimeSpan::infinity(); // when to give up the current attempt
        TimeSpan pause;
    };

    void look_at(std::size_t index, TimeSpan now);
    void refuse(std::size_t index, TimeSpan now, std::string why);
    void watch(std::size_t index);
    void set_timer();

    std::vector<Slot> slots_;
    std::vector<Finding> findings_;
    TimeSpan timeout_;
    TimeSpan longest_pause_ = TimeSpan::infinity();
    TimeSpan wake_at_ = TimeSpan::infinity();
    Fd epoll_;
    TimerFd timer_;
    bool timer_watched_ = false;
};

} // namespace amphid
