// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// A tracer of our own: it counts the system calls of amphid's processes and lets one of them fail.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <sys/types.h>
#include <vector>

namespace amphid::test {

using Words = std::vector<std::string>;

/// The nth call of this number by the process in this role fails.
struct Fault {
    std::string role;
    long call = 0;
    int nth = 0;
    int error = 0;
};

/// How often each role has made each call.
using Counts = std::map<std::pair<std::string, long>, int>;

/// Runs programs. Of those that it traces it follows every fork, until a process executes anything
/// but the program under test: the service is nobody's business. A process's role is its place in
/// the family: "command" is the first, "command/1" its first child; the daemon of a start is
/// "launcher", whoever started it. Calls of the dynamic loader are not counted.
class Tracer {
public:
    explicit Tracer(std::string program);
    ~Tracer();
    Tracer(const Tracer&) = delete;
    Tracer& operator=(const Tracer&) = delete;

    /// Starts a program; its output is appended to the two files. An empty role: it is not traced.
    pid_t launch(const std::string& role, const Words& words, const std::string& out,
                 const std::string& err);
    /// From here on calls are counted, and the fault may happen.
    void arm(std::optional<Fault> fault);
    /// Serves the traced processes until the condition holds; false after so many milliseconds.
    bool run_until(const std::function<bool()>& condition, int milliseconds);
    /// Serves them until none has made a call for so long.
    void run_until_quiet(int milliseconds);
    /// How a program has ended, as waitpid(2) says it.
    std::optional<int> end_of(pid_t pid) const;
    /// Ends every process that was started, and theirs.
    void kill_all();

    bool has_failed() const { return fired_; }
    const Counts& counts() const { return counts_; }

private:
    struct Traced {
        std::string role;
        int children = 0;
        bool executed = false; // is the program under test
        bool fails_now = false;
        unsigned long loader_begin = 0;
        unsigned long loader_end = 0;
    };

    bool take_one();
    void take(pid_t pid, int status);
    void take_event(pid_t pid, int event);
    void take_call(pid_t pid, Traced& process);
    void let_fail(pid_t pid, Traced& process);
    void take_execution(pid_t pid, Traced& process);
    void adopt(pid_t pid, pid_t parent);
    void go_on(pid_t pid, int signal) const;

    std::string program_;
    std::map<pid_t, Traced> traced_;
    std::set<pid_t> waiting_; // stopped before their parent told of them
    std::map<pid_t, int> ended_;
    std::optional<Fault> fault_;
    Counts counts_;
    bool armed_ = false;
    bool fired_ = false;
    long events_ = 0;
};

} // namespace amphid::test
