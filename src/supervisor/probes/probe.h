// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/spawn.h"
#include "plan/condition.h"
#include "supervisor/line_pump.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <vector>

namespace amphid {

/// What probes may know about their service and do.
class Subject {
public:
    /// Its living processes.
    virtual std::vector<int> members() const = 0;
    /// The UID they run as.
    virtual uid_t uid() const = 0;
    /// The cgroups that contain only this service (cgroup_ids()); empty if there are none.
    virtual std::vector<std::uint64_t> cgroups() const = 0;
    /// Starts a program like those of the service. Its exit is reported to child_ended().
    virtual Spawned run(const Command& command) = 0;

protected:
    ~Subject() = default;
};

/// The outcome of a look at a condition. `later`: look again on the probe's descriptor or at the
/// moment `again`; `no`: only another attempt can succeed.
struct Look {
    enum class Answer : std::uint8_t { yes, no, later };
    Answer answer = Answer::no;
    std::string why;
    TimeSpan again = TimeSpan::infinity(); // a moment of CLOCK_MONOTONIC
};

/// A condition that is being checked. Never blocks.
class Probe {
public:
    virtual ~Probe() = default;

    /// The service is about to be started: what exists already is not its doing.
    virtual void begin() {}
    /// Looks, or continues the current look.
    virtual Look look(TimeSpan now) = 0;
    /// Gives up the current look.
    virtual void cancel() {}

    /// True if a look depends on somebody else, who may never answer.
    virtual bool takes_time() const { return false; }
    /// The descriptor to wait for while the outcome is `later`; -1 for none. The probe closes it on
    /// any other outcome.
    virtual int fd() const { return -1; }
    virtual std::uint32_t events() const { return EPOLLIN; }

    /// A child has ended; true if it was the probe's.
    virtual bool child_ended(pid_t, int /*wait status*/) { return false; }
    /// A line of the service's output; true if it changes the outcome.
    virtual bool hear(const Line&) { return false; }
    /// The service's end of a pipe, to be passed as descriptor `number`; -1 for none.
    struct Gift {
        int fd = -1;
        int number = -1;
    };
    virtual Gift gift() const { return {}; }
};

/// Makes the probe for a condition. Throws OsError. The subject outlives it.
std::unique_ptr<Probe> make_probe(const Condition& condition, Subject& subject);

} // namespace amphid
