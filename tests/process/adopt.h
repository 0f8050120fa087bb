// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// A service whose launcher was killed, and what must be true of it.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <unistd.h>

namespace amphid::test {

class AdoptTest : public ProcessTest {
protected:
    /// Ends the launcher as nobody should.
    void kill_launcher() {
        const pid_t pid = launcher();
        send_signal(pid, SIGKILL);
        ASSERT_TRUE(await_gone(pid));
    }

    /// True if a service here gets a cgroup of its own.
    bool has_cgroups() {
        configure(plain());
        started();
        const bool has = !state("cgroup").empty();
        stopped();
        ::unlink(path("starts").c_str());
        return has;
    }

    /// A service that has lost its launcher; the PID of its main process.
    pid_t orphaned(const std::string& toml) {
        configure(toml);
        started();
        const pid_t main = main_pid();
        kill_launcher();
        EXPECT_TRUE(is_alive(main)) << "the service died with its launcher";
        return main;
    }

    /// A start takes the service over as it is.
    void expect_adopted(pid_t main) {
        const pid_t before = launcher();
        const Outcome outcome = start();
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_EQ(main_pid(), main);
        EXPECT_TRUE(is_alive(main));
        EXPECT_NE(launcher(), before);
        EXPECT_TRUE(is_alive(launcher()));
        EXPECT_EQ(state("state"), "running");
        EXPECT_EQ(read_file(runtime("pid")), std::to_string(launcher()) + "\n");
    }

    /// How many of the processes in a file are alive.
    std::size_t alive(const std::string& file) const {
        std::size_t count = 0;
        for (const std::string& pid : lines(file))
            count += is_alive(std::atoi(pid.c_str()));
        return count;
    }

    std::string plain() const {
        return service("notify", {"--append", path("starts"), "--notify"});
    }

    /// With a family that left the main process's session and parentage.
    std::string with_family() const {
        return service("notify", {"--append",
                                  path("starts"),
                                  "--child-session",
                                  "{",
                                  "--append",
                                  path("kids"),
                                  "--append",
                                  path("first"),
                                  "}",
                                  "--child-orphan",
                                  "{",
                                  "--ignore",
                                  "TERM",
                                  "--append",
                                  path("kids"),
                                  "--append",
                                  path("second"),
                                  "}",
                                  "--await",
                                  path("first"),
                                  "--await",
                                  path("second"),
                                  "--notify"}) +
               "timeout-stop-sec = \"100ms\"\n";
    }
};

} // namespace amphid::test
