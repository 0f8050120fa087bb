// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The launcher is killed and its files are lost, and there is no cgroup: a record outside of the
// runtime directory still tells whose processes these are.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <filesystem>
#include <sys/mount.h>
#include <unistd.h>

namespace amphid::test {

class SecondRecordTest : public ProcessTest {
protected:
    /// Where the launcher sees no cgroup to make one of its own in.
    static Launch without_cgroups() {
        if (::getuid() != 0)
            return {};
        return {.command = {"unshare", "--mount", "/bin/sh", "-c",
                            "mount -t tmpfs tmpfs /sys/fs/cgroup && exec \"$@\"", "sh"}};
    }

    /// Nothing in its environment tells whose it is, as with nginx, which writes its title there.
    std::string without_environment() const {
        return "[service]\ntype = \"exec\"\nexec-start = [\"/usr/bin/env\", \"-i\", " +
               quoted(helper_binary()) + ", \"serve\", \"--append\", " + quoted(path("starts")) +
               "]\n";
    }

    bool has_record() const {
        std::error_code none;
        for (const auto& entry :
             std::filesystem::directory_iterator(runtime_base() + "+running", none))
            if (read_file(entry.path()).value_or("").find(config()) != std::string::npos)
                return true;
        return false;
    }

    /// The main process of a service whose launcher is dead.
    pid_t orphaned() {
        const Outcome outcome = amphid({"start", config()}, without_cgroups());
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_TRUE(await_lines("starts", 1));
        EXPECT_EQ(state("cgroup"), "");
        const pid_t main = main_pid();
        const pid_t pid = launcher();
        send_signal(pid, SIGKILL);
        EXPECT_TRUE(await_gone(pid));
        return main;
    }

    void expect_refused(pid_t left) {
        const std::string words = "PID " + std::to_string(left);
        for (const char* verb : {"start", "run", "restart", "stop"}) {
            const Outcome outcome = amphid({verb, config()});
            EXPECT_EQ(outcome.code, 1) << verb << ": " << outcome.out;
            expect_words(outcome.err, words);
        }
        const Outcome seen = status();
        EXPECT_EQ(seen.code, 4);
        expect_words(seen.out, words);
        EXPECT_EQ(lines("starts").size(), 1U) << "a second copy";
        EXPECT_TRUE(is_alive(left));
    }

    /// The launcher is killed, its files are lost, and nobody starts a second copy.
    void expect_found_after(const std::function<void()>& loss) {
        configure(without_environment());
        const pid_t main = orphaned();
        loss();
        expect_refused(main);
        expect_a_start_once_gone(main);
    }

    void expect_a_start_once_gone(pid_t left) {
        send_signal(left, SIGKILL);
        ASSERT_TRUE(await_gone(left));
        EXPECT_EQ(stop().code, 0);
        started();
        stopped();
        EXPECT_FALSE(has_record());
    }
};

TEST_F(SecondRecordTest, FindsThemWithoutAState) {
    expect_found_after([&] { ASSERT_EQ(::unlink(runtime("state").c_str()), 0); });
}

TEST_F(SecondRecordTest, FindsThemWithoutTheDirectory) {
    expect_found_after([&] { std::filesystem::remove_all(runtime()); });
}

TEST_F(SecondRecordTest, FindsThemIfTheDirectoryIsEmptied) {
    expect_found_after([&] {
        for (const auto& entry : std::filesystem::directory_iterator(runtime()))
            std::filesystem::remove(entry.path());
    });
}

TEST_F(SecondRecordTest, FindsThemIfTheDirectoryIsRenamed) {
    expect_found_after([&] {
        const std::string renamed = path("renamed");
        ASSERT_EQ(run({.command = {"mv", runtime(), renamed}}).code, 0);
    });
}

TEST_F(SecondRecordTest, FindsThemIfEverythingOfAmphidIsRemoved) {
    expect_found_after([&] { std::filesystem::remove_all(runtime_base()); });
}

TEST_F(SecondRecordTest, FindsThemIfTheDirectoryIsMountedOver) {
    if (::getuid() != 0)
        GTEST_SKIP() << "needs a mount";
    configure(without_environment());
    const pid_t main = orphaned();
    ASSERT_EQ(::mount("tmpfs", runtime().c_str(), "tmpfs", 0, "mode=755"), 0);
    expect_refused(main);
    ASSERT_EQ(::umount2(runtime().c_str(), MNT_DETACH), 0);
    EXPECT_EQ(stop().code, 0) << "its state is there again";
    EXPECT_TRUE(await_gone(main));
}

// A directory on which its file system was unmounted can have an older state.
TEST_F(SecondRecordTest, CountsMoreThanAStateThatTellsOfNobody) {
    configure(without_environment());
    started();
    stopped();
    const std::string old = read_file(runtime("state")).value_or("");
    ::unlink(path("starts").c_str());
    const pid_t main = orphaned();
    ASSERT_TRUE(write_file(runtime("state"), old));
    for (const char* verb : {"start", "run", "stop"}) {
        const Outcome outcome = amphid({verb, config()});
        EXPECT_EQ(outcome.code, 1) << verb << ": " << outcome.out;
        expect_words(outcome.err, "PID " + std::to_string(main));
    }
    EXPECT_EQ(status().code, 4);
    expect_a_start_once_gone(main);
}

// The main process is gone, too; what it started is not.
TEST_F(SecondRecordTest, FindsTheChildrenOfTheMainProcess) {
    configure(service("notify", {"--append", path("starts"), "--child-orphan", "{", "--ready-file",
                                 path("child"), "}", "--await", path("child"), "--notify"}));
    const pid_t main = orphaned();
    const pid_t child = std::atoi(read("child").c_str());
    send_signal(main, SIGKILL);
    ASSERT_TRUE(await_gone(main));
    std::filesystem::remove_all(runtime());
    expect_refused(child);
    send_signal(child, SIGKILL);
    ASSERT_TRUE(await_gone(child));
    EXPECT_EQ(stop().code, 0);
}

// kill-mode says that they may stay: they hinder nobody, with or without a state.
TEST_F(SecondRecordTest, IsGoneAfterAStop) {
    configure(service("notify", {"--append", path("starts"), "--child", "{", "--ready-file",
                                 path("child"), "}", "--await", path("child"), "--notify"}) +
              "kill-mode = \"process\"\n");
    ASSERT_EQ(amphid({"start", config()}, without_cgroups()).code, 0);
    EXPECT_TRUE(has_record());
    const pid_t child = std::atoi(read("child").c_str());
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(has_record());
    EXPECT_TRUE(is_alive(child));
    std::filesystem::remove_all(runtime());
    ASSERT_EQ(::unlink(path("child").c_str()), 0);
    started();
    EXPECT_EQ(stop().code, 0);
    for (const pid_t left : {child, std::atoi(read("child").c_str())}) {
        send_signal(left, SIGKILL);
        EXPECT_TRUE(await_gone(left));
    }
}

// Dead is dead: what its launcher left is tidied up.
TEST_F(SecondRecordTest, IsGoneAfterAStopOfNobody) {
    configure(without_environment());
    const pid_t main = orphaned();
    send_signal(main, SIGKILL);
    ASSERT_TRUE(await_gone(main));
    EXPECT_TRUE(has_record());
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(has_record());
}

// Without a state, too.
TEST_F(SecondRecordTest, IsGoneAfterAStopOfNobodyWithoutAState) {
    configure(without_environment());
    const pid_t main = orphaned();
    send_signal(main, SIGKILL);
    ASSERT_TRUE(await_gone(main));
    std::filesystem::remove_all(runtime());
    EXPECT_TRUE(has_record());
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(has_record());
}

// A start that failed, one that waits for its next attempt and one that gave up leave none.
TEST_F(SecondRecordTest, IsGoneAfterEachFailure) {
    const std::string fails =
        "[service]\ntype = \"exec\"\nexec-start = [\"/bin/sh\", \"-c\", \"exit 7\"]\n";
    configure(fails + "exec-start-post = \"/bin/false\"\n");
    EXPECT_NE(amphid({"start", config()}).code, 0);
    EXPECT_FALSE(has_record());
    const std::string again = fails + "restart = \"on-failure\"\n";
    configure(again + "restart-sec = \"1min\"\n");
    amphid({"start", config()});
    ASSERT_TRUE(await_state("auto-restart"));
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(has_record());
    configure(again + "restart-sec = \"10ms\"\nstart-limit-burst = 2\n");
    amphid({"start", config()});
    ASSERT_TRUE(await_state("failed"));
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(has_record());
}

// A foreground run keeps no record: the one of a dead daemon would stay.
TEST_F(SecondRecordTest, IsGoneWhenTheNextOneRunsInTheForeground) {
    configure(without_environment());
    const pid_t main = orphaned();
    send_signal(main, SIGKILL);
    ASSERT_TRUE(await_gone(main));
    EXPECT_TRUE(has_record());
    configure("[service]\ntype = \"exec\"\nexec-start = \"/bin/true\"\n");
    EXPECT_EQ(amphid({"run", config()}).code, 0);
    EXPECT_FALSE(has_record());
}

// Whoever adopts a service keeps its record; whoever stops an orphan removes it.
TEST_F(SecondRecordTest, FollowsATakeOver) {
    configure(without_environment());
    const pid_t main = orphaned();
    const pid_t second = started();
    EXPECT_EQ(main_pid(), main);
    send_signal(second, SIGKILL);
    ASSERT_TRUE(await_gone(second));
    const std::string state = read_file(runtime("state")).value_or("");
    ::unlink(runtime("state").c_str());
    expect_refused(main);
    ASSERT_TRUE(write_file(runtime("state"), state));
    EXPECT_EQ(stop().code, 0);
    EXPECT_TRUE(await_gone(main));
    EXPECT_FALSE(has_record());
}

} // namespace amphid::test
