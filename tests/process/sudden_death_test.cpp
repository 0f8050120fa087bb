// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// kill -9 of the launcher at any moment of any command: never two copies, never a stale file
// believed, and the next start works.

#include "fixture.h"
#include "helper/file.h"
#include "soak.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <unistd.h>

namespace amphid::test {

class SuddenDeathTest : public ProcessTest {
protected:
    void SetUp() override {
        ProcessTest::SetUp();
        seed_ = std::random_device()();
        random_.seed(seed_);
        configure(service("notify", {"--append", path("starts"), "--child-session", "{", "--append",
                                     path("kids"), "}", "--exit-on", "TERM:0", "--notify"}) +
                  hooks("exec-start-pre", {played({"--append", path("pre"), "--exit", "0"})}) +
                  hooks("exec-stop", {played({"--append", path("stop"), "--exit", "0"})}) +
                  hooks("exec-reload", {played({"--append", path("reload"), "--exit", "0"})}));
    }

    /// Everything that runs our binary: the command, its launcher, and what is no program yet.
    std::vector<pid_t> launchers() const {
        std::vector<pid_t> found;
        for (const pid_t pid : descendants_of(::getpid())) {
            std::error_code gone;
            const auto program =
                std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe", gone);
            if (program == amphid_binary())
                found.push_back(pid);
        }
        return found;
    }

    /// Every second time the launcher alone, so that the command has to cope with its death.
    void kill_suddenly(bool alone) {
        const pid_t pid = launcher();
        const std::vector<pid_t> all = launchers();
        for (const pid_t one : all)
            if (!alone || one == pid)
                ::kill(one, SIGKILL);
        for (const pid_t one : all)
            if (!alone || one == pid)
                await_gone(one);
    }

    std::size_t alive(const std::string& file) const {
        std::size_t count = 0;
        for (const std::string& pid : lines(file))
            count += is_alive(std::atoi(pid.c_str()));
        return count;
    }

    /// What was killed when, for the message of a failure.
    std::string strike(const std::string& verb, unsigned longest_usec, bool alone) {
        Program& command = spawn_amphid({verb, config()});
        const unsigned moment = static_cast<unsigned>(random_()) % longest_usec;
        ::usleep(moment); // any moment is the right one
        kill_suddenly(alone);
        const std::string found = state("state");
        EXPECT_LE(alive("starts"), 1U) << "two copies after " << verb;
        if (verb == "run")
            ::kill(command.pid, SIGTERM); // where it was not killed, being nobody's launcher yet
        const Outcome outcome = finish(command);
        EXPECT_LE(alive("starts"), 1U) << "two copies after " << verb;
        return " (killed after " + std::to_string(moment) + " us in state '" + found +
               (alone ? "', the launcher alone" : "'") + "; it said " + outcome.out + outcome.err +
               " and left state '" + state("state") + "')";
    }

    void expect_one_copy(const std::string& after) {
        EXPECT_EQ(state("state"), "running") << after;
        EXPECT_EQ(alive("starts"), 1U) << after;
        EXPECT_LE(alive("kids"), 1U) << after;
        EXPECT_TRUE(is_alive(main_pid())) << after;
        EXPECT_EQ(read_file(runtime("pid")), std::to_string(launcher()) + "\n") << after;
        EXPECT_EQ(status().code, 0) << after;
    }

    void expect_no_copy(const std::string& after) {
        for (const char* file : {"starts", "kids", "pre", "stop", "reload"})
            EXPECT_EQ(alive(file), 0U) << file << " " << after;
        expect_nobody_left();
        for (const auto& entry : std::filesystem::directory_iterator(runtime()))
            EXPECT_TRUE(entry.path().filename() == "lock" || entry.path().filename() == "state")
                << entry.path() << " " << after;
        const std::filesystem::path cgroup = state("cgroup");
        std::error_code none; // without cgroups
        for (const auto& entry : std::filesystem::directory_iterator(cgroup.parent_path(), none))
            EXPECT_FALSE(entry.path().filename().string().starts_with("amphid." + name() + "."))
                << entry.path() << " " << after;
    }

    void strike_often(const std::string& verb, bool begins_running, unsigned longest_usec) {
        for (int round = 0; round < rounds(20, 500) && !HasFailure(); ++round) {
            std::string after =
                verb + ", round " + std::to_string(round) + ", seed " + std::to_string(seed_);
            if (begins_running) {
                ASSERT_EQ(start().code, 0) << after;
            }
            after += strike(verb, longest_usec, round % 2 == 1);
            const Outcome next = start();
            EXPECT_EQ(next.code, 0) << after << "\n" << next.out << next.err;
            expect_one_copy(after);
            const Outcome end = stop();
            EXPECT_EQ(end.code, 0) << after << "\n" << end.err;
            expect_no_copy(after);
            for (const char* file : {"starts", "kids", "pre", "stop", "reload"})
                ::unlink(path(file).c_str());
        }
    }

private:
    unsigned seed_ = 0;
    std::mt19937 random_;
};

TEST_F(SuddenDeathTest, DuringStart) {
    strike_often("start", false, 15000);
}

TEST_F(SuddenDeathTest, DuringRun) {
    strike_often("run", false, 15000);
}

TEST_F(SuddenDeathTest, DuringRestart) {
    strike_often("restart", true, 25000);
}

TEST_F(SuddenDeathTest, DuringStop) {
    strike_often("stop", true, 10000);
}

TEST_F(SuddenDeathTest, DuringReload) {
    strike_often("reload", true, 10000);
}

} // namespace amphid::test
