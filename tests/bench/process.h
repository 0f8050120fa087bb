// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "stamp.h"

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/types.h>

namespace amphid {

// Something was refused or did not come in time; the text says what was awaited.
struct BenchError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Throws a BenchError that names the action and errno.
[[noreturn]] void refuse(const std::string& action);

// Owns a descriptor.
class Handle {
public:
    Handle() = default;
    explicit Handle(int fd) : fd_(fd) {}
    Handle(Handle&& other) noexcept;
    Handle& operator=(Handle&& other) noexcept;
    ~Handle();
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_ = -1;
};

std::int64_t monotonic_ns();

// While one is alive, this process adopts every orphan below it (child subreaper) and SIGINT,
// SIGTERM and SIGHUP arrive at the waits below, which throw. Its end kills and reaps every process
// that is still below this one, whatever the reason for the end is.
class Household {
public:
    Household();
    ~Household();
    Household(const Household&) = delete;
    Household& operator=(const Household&) = delete;

    // Starts argv[0] with exactly this environment, an empty signal mask, stdin and stdout on
    // /dev/null and our stderr. Returns its PID.
    [[nodiscard]] pid_t spawn(const std::vector<std::string>& argv,
                              const std::vector<std::string>& environment) const;

    // Waits for the end of a child or adopted orphan and returns the monotonic time at which it
    // was seen; the wait status goes to `status`.
    std::int64_t await_end(pid_t pid, int& status, const std::string& what) const;

    // Waits for the next stamp on a FIFO.
    [[nodiscard]] Stamp await_stamp(const Handle& fifo, const std::string& what) const;

    // Lets time pass until the monotonic clock says `when_ns`.
    void await_time(std::int64_t when_ns) const;

    // Sends a signal that ends a child or adopted orphan, and waits for its end.
    void end(pid_t pid, int signal, const std::string& what) const;

    // Collects zombies that a contender left to us.
    void reap_strays() const;

private:
    void await_readable(int fd, std::int64_t deadline_ns, const std::string& what) const;
    Handle signals_;
};

// Runs a program to its end and returns what it wrote to stdout; an empty text when it cannot run.
std::string output_of(const std::vector<std::string>& argv);

} // namespace amphid
