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

/// What the probes may know of their service, and do.
class Subject {
public:
    /// Its living processes.
    virtual std::vector<int> members() const = 0;
    /// As whom they run.
    virtual uid_t uid() const = 0;
    /// The cgroups that hold this service and nobody else (cgroup_ids()); empty where there are
    /// none.
    virtual std::vector<std::uint64_t> cgroups() const = 0;
    /// Starts a program as the service's own are started. Its end comes back as child_ended().
    virtual Spawned run(const Command& command) = 0;

protected:
    ~Subject() = default;
};

/// How a look at a condition came out. `later`: the probe's descriptor or the moment `again` tells
/// when to look again; `no`: only another try can tell.
struct Look {
    enum class Answer : std::uint8_t { yes, no, later };
    Answer answer = Answer::no;
    std::string why;
    TimeSpan again = TimeSpan::infinity(); // a moment of CLOCK_MONOTONIC
};

/// One condition that is being asked about. Never blocks.
class Probe {
public:
    virtual ~Probe() = default;

    /// The service is about to be started: what is there already is not its.
    virtual void begin() {}
    /// Looks, or goes on with the look that is under way.
    virtual Look look(TimeSpan now) = 0;
    /// Gives up the look that is under way.
    virtual void cancel() {}

    /// True where a look asks somebody else, who may never answer.
    virtual bool takes_time() const { return false; }
    /// What wakes us while the answer is `later`; -1 for nothing. Closed by
    /// the probe where the answer is another one.
    virtual int fd() const { return -1; }
    virtual std::uint32_t events() const { return EPOLLIN; }

    /// A child of ours has ended; true where it was the probe's.
    virtual bool child_ended(pid_t, int /*wait status*/) { return false; }
    /// A line of the service's output; true where it is news.
    virtual bool hear(const Line&) { return false; }
    /// The service's end of a pipe that it is to get as descriptor `number`; -1 for none.
    struct Gift {
        int fd = -1;
        int number = -1;
    };
    virtual Gift gift() const { return {}; }
};

/// One of the right kind. Throws OsError. The subject outlives it.
std::unique_ptr<Probe> make_probe(const Condition& condition, Subject& subject);

} // namespace amphid
