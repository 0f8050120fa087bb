// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// What amphid is doing while a system call fails, and what must be true afterwards.

#include "tracer.h"

#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace amphid::test {

/// What is left of a service.
enum class World {
    down,      // no process of it, no pid file
    pid_file,  // no process of it, but a pid file
    up,        // one service, one launcher, whose pid file is there
    untouched, // up, and the service is the process that it was before
    orphaned,  // the service is the process that it was before, without a launcher
};

/// What comes before the command under test.
enum class Before { nothing, started, killed_launcher };

struct Scenario {
    const char* name;
    Before before;
    Words words;               // the command under test; none: its launcher restarts a dead service
    std::vector<World> done;   // what may be there after exit code 0
    std::vector<World> failed; // after any other
};

/// How GoogleTest names it.
inline void PrintTo(const Scenario& scenario, std::ostream* out) {
    *out << scenario.name;
}

const std::vector<Scenario>& scenarios();

/// What became of one scenario.
struct Outcome {
    enum class Kind { goes_on, clear_error, names_nothing, fault, not_reached };
    Kind kind = Kind::goes_on;
    std::string why;  // of a fault: what is wrong
    std::string said; // on stderr, by the command under test
};

/// Plays scenarios with the real programs, one after the other, in a folder of its own.
class Scene {
public:
    Scene(std::string amphid, std::string helper, std::string folder);

    /// The calls of the scenario where none fails.
    Counts record(const Scenario& scenario);
    Outcome play(const Scenario& scenario, const Fault& fault);

private:
    struct Facts {
        std::vector<pid_t> services;
        std::vector<pid_t> launchers;
        std::string pid_file;
    };
    struct Ended {
        bool hangs = false;
        int code = 0;
        std::string err;
    };

    std::optional<std::string> prepare(const Scenario& scenario);
    Ended perform(const Scenario& scenario);
    Ended run(const std::string& role, const Words& words);
    Ended finish(pid_t pid, const std::string& err);
    Outcome judge(const Scenario& scenario, const Ended& ended);
    std::string check_afterwards(World world);
    Facts look() const;
    bool is(World world) const;
    std::optional<World> await_one_of(const std::vector<World>& worlds);
    std::string describe() const;
    std::string path(const std::string& name) const { return folder_ + '/' + name; }
    Words amphid(const Words& words) const;

    std::string amphid_;
    std::string helper_;
    std::string folder_;
    Tracer tracer_;
    pid_t service_before_ = 0;
    pid_t launcher_before_ = 0;
    int runs_ = 0;
};

} // namespace amphid::test
