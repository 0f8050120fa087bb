// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The numbers that a killed launcher wrote down belong to others now: nobody touches these.

#include "adopt.h"

#include <cstdint>
#include <ctime>
#include <fstream>

namespace amphid::test {

class ReuseTest : public AdoptTest {
protected:
    void SetUp() override {
        AdoptTest::SetUp();
        if (!give_next(::getpid()))
            GTEST_SKIP() << "the kernel gives no number that is asked for";
        configure(plain());
    }

    /// The next process gets the number after this one, if it is free.
    static bool give_next(pid_t last) {
        std::ofstream next("/proc/sys/kernel/ns_last_pid");
        return static_cast<bool>(next << last << std::flush);
    }

    /// A process of nobody's with that number. It writes down each signal that it gets.
    Program* stranger(pid_t number) {
        for (int i = 0; i < 50; ++i) { // another process may be faster
            give_next(number - 1);
            Program& out = spawn({.command = {helper_binary(), "serve", "--log-signals",
                                              path("signals"), "--append", path("strangers")}});
            if (out.pid == number)
                return &out;
            dismiss(out);
        }
        ADD_FAILURE() << "nobody got the number " << number;
        return nullptr;
    }

    void dismiss(Program& program) {
        send_signal(program.pid, SIGKILL);
        finish(program);
    }

    /// Who begins from now on has another start time than that process.
    void leave_the_tick_of(pid_t pid) {
        const auto stat = stat_of(pid);
        await("the tick in which it began to be over", [&] {
            timespec now{};
            ::clock_gettime(CLOCK_BOOTTIME, &now);
            const auto ticks =
                static_cast<std::uint64_t>(now.tv_sec * 100 + now.tv_nsec / 10'000'000);
            return !stat || ticks > stat->start_time;
        });
    }

    /// All of these have ended, and strangers have their numbers.
    std::vector<Program*> replace(const std::vector<pid_t>& processes) {
        for (const pid_t pid : processes)
            leave_the_tick_of(pid);
        for (const pid_t pid : processes)
            send_signal(pid, SIGKILL);
        for (const pid_t pid : processes)
            await_gone(pid);
        reap();
        std::vector<Program*> out;
        for (const pid_t pid : processes)
            if (Program* one = stranger(pid))
                out.push_back(one);
        await_lines("strangers", out.size());
        return out;
    }

    void expect_untouched(const std::vector<Program*>& strangers) {
        for (Program* one : strangers) {
            EXPECT_TRUE(is_alive(one->pid));
            dismiss(*one);
        }
        EXPECT_EQ(read("signals"), "");
    }
};

TEST_F(ReuseTest, NeitherLauncherNorService) {
    started();
    const pid_t before = launcher();
    const pid_t main = main_pid();
    const auto strangers = replace({before, main});
    EXPECT_EQ(status().code, 1) << "dead, and its pid file is there";
    const Outcome end = stop();
    EXPECT_EQ(end.code, 0) << end.err;
    expect_words(end.out, "not running");
    started();
    EXPECT_EQ(lines("starts").size(), 2U);
    stopped();
    expect_untouched(strangers);
}

TEST_F(ReuseTest, NotTheLauncherOfAnOrphan) {
    started();
    const pid_t main = main_pid();
    const auto strangers = replace({launcher()});
    expect_adopted(main);
    stopped();
    expect_untouched(strangers);
}

// A child of an earlier run that kill-mode spared has ended since.
TEST_F(ReuseTest, NotALeftoverOfAnEarlierRun) {
    configure(service("notify",
                      {"--append", path("starts"), "--if-exists", path("child"), "{", "--notify",
                       "--await", path("never"), "}", "--child", "{", "--ready-file", path("child"),
                       "}", "--await", path("child"), "--notify"}) +
              "kill-mode = \"process\"\nrestart = \"always\"\nrestart-sec = 0\n");
    started();
    const pid_t child = std::atoi(read("child").c_str());
    const pid_t first = main_pid();
    send_signal(first, SIGKILL);
    ASSERT_TRUE(await("another main process", [&] { return runs_anew(first); }));
    ASSERT_TRUE(await_state("running"));
    const auto strangers = replace({child});
    const Outcome outcome = stop();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(state("left-running"), "");
    expect_untouched(strangers);
}

TEST_F(ReuseTest, NotTheMainProcessOfAStartThatTakesOver) {
    started();
    const auto strangers = replace({launcher(), main_pid()});
    started();
    EXPECT_EQ(lines("starts").size(), 2U) << "a new one, not the stranger";
    EXPECT_EQ(amphid({"restart", config()}).code, 0);
    stopped();
    expect_untouched(strangers);
}

} // namespace amphid::test
