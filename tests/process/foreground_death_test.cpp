// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The launcher of a foreground was killed: whoever ran it (s6, supervisord, a shell, systemd) takes
// its death for the service's, and starts it again.

#include "adopt.h"

#include <algorithm>
#include <sys/stat.h>

namespace amphid::test {

class ForegroundDeathTest : public AdoptTest {
protected:
    /// A launcher in the foreground whose service is up.
    Program& up(const Launch& launch = {}) {
        Program& run = spawn_amphid({"run", config()}, launch);
        EXPECT_TRUE(await("the service to run under this launcher", [&] {
            return state("state") == "running" && launcher() == run.pid;
        })) << run.error;
        return run;
    }

    void kill(Program& run) {
        send_signal(run.pid, SIGKILL);
        EXPECT_EQ(finish(run).signal, SIGKILL);
    }

    void end(Program& run) {
        send_signal(run.pid, SIGTERM);
        finish(run);
        expect_nobody_left();
    }
};

TEST_F(ForegroundDeathTest, TheMainProcessGoesWithItsLauncher) {
    configure(plain());
    for (std::size_t round = 1; round <= 3; ++round) {
        Program& run = up();
        ASSERT_TRUE(await_lines("starts", round));
        const pid_t main = main_pid();
        kill(run);
        EXPECT_TRUE(await_gone(main));
    }
    end(up());
}

TEST_F(ForegroundDeathTest, AlsoWhereItRunsAsSomebodyElse) {
    if (::getuid() != 0)
        GTEST_SKIP() << "only root can be somebody else";
    configure(service("exec", {}) + "user = \"65534\"\nno-new-privileges = true\n");
    Program& run = up();
    const pid_t main = main_pid();
    EXPECT_EQ(status_of(main)["Uid"].substr(0, 5), "65534");
    kill(run);
    EXPECT_TRUE(await_gone(main));
}

TEST_F(ForegroundDeathTest, SoDoesAHook) {
    configure(plain() + hooks("exec-start-pre", {played({"--append", path("pre")})}));
    Program& run = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_lines("pre", 1));
    kill(run);
    EXPECT_TRUE(await_gone(std::atoi(lines("pre").front().c_str())));
}

TEST_F(ForegroundDeathTest, TheNextRunEndsWhatIsLeft) {
    configure(with_family());
    Program& first = up();
    const std::vector<std::string> kids = lines("kids");
    ASSERT_EQ(kids.size(), 2U);
    kill(first);
    ASSERT_EQ(alive("kids"), 2U);
    ::unlink(path("both").c_str());
    Program& second = up();
    for (const std::string& kid : kids)
        EXPECT_FALSE(is_alive(std::atoi(kid.c_str()))) << kid;
    EXPECT_EQ(alive("starts"), 1U);
    expect_words(second.error, "its launcher was killed; stopping its remaining processes: PID ");
    end(second);
}

// No daemon outside of whatever ran the foreground.
TEST_F(ForegroundDeathTest, ADaemonStartsAnewBesideNothing) {
    configure(with_family());
    Program& first = up();
    const pid_t main = main_pid();
    kill(first);
    ::unlink(path("both").c_str());
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_words(outcome.out, ": ready (PID ");
    EXPECT_NE(main_pid(), main);
    EXPECT_EQ(alive("starts"), 1U);
    EXPECT_TRUE(await("the new family alone", [&] { return alive("kids") == 2; }));
    stopped();
    expect_nobody_left();
}

TEST_F(ForegroundDeathTest, StopEndsWhatIsLeft) {
    configure(with_family());
    kill(up());
    const Outcome outcome = stop();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(alive("kids"), 0U);
    EXPECT_EQ(stop().out, name() + ": not running\n");
    expect_nobody_left();
}

// sshd's sessions, cron's jobs: what a stop would leave, the next start leaves, too.
TEST_F(ForegroundDeathTest, KillModeProcessSparesTheRest) {
    for (const bool by_systemd : {false, true}) {
        configure(service("notify", {"--append", path("starts"), "--child-session", "{", "--append",
                                     path("kids"), "}", "--await", path("kids"), "--notify"}) +
                  "kill-mode = \"process\"\n");
        Program& first = up({.by_systemd = by_systemd});
        const pid_t main = main_pid();
        const pid_t kid = std::atoi(lines("kids").front().c_str());
        kill(first);
        EXPECT_TRUE(await_gone(main)) << "by systemd: " << by_systemd;
        Program& second = up({.by_systemd = by_systemd});
        EXPECT_TRUE(await_lines("kids", 2)); // its own, that the end of the round must find
        EXPECT_EQ(alive("starts"), 1U);
        EXPECT_TRUE(is_alive(kid));
        expect_words(second.error, "left running: PID " + std::to_string(kid));
        send_signal(second.pid, SIGTERM);
        finish(second);
        for (const std::string& pid : lines("kids"))
            send_signal(std::atoi(pid.c_str()), SIGKILL);
        ::unlink(path("kids").c_str());
        ::unlink(path("starts").c_str());
        reap();
    }
}

TEST_F(ForegroundDeathTest, WhereSigkillIsForbiddenTheKillSignalIsSent) {
    configure(service("notify", {"--log-signals", path("log"), "--exit-on", "USR2:0", "--notify"}) +
              "send-sigkill = false\nkill-signal = \"SIGUSR2\"\n");
    Program& run = up({.by_systemd = true});
    const pid_t main = main_pid();
    kill(run);
    EXPECT_TRUE(await_gone(main));
    EXPECT_EQ(read("log"), "USR2\n");
}

// systemd ends the rest of its unit itself; were it not to, the next start would.
TEST_F(ForegroundDeathTest, WhatSystemdEndsIsLeftToIt) {
    configure(plain());
    Program& first = up({.by_systemd = true});
    const pid_t main = main_pid();
    kill(first);
    EXPECT_TRUE(is_alive(main));
    Program& second = up({.by_systemd = true});
    EXPECT_FALSE(is_alive(main));
    EXPECT_EQ(alive("starts"), 1U);
    EXPECT_GE(count_messages("STATUS=Stopping processes that a killed launcher left"), 1U);
    EXPECT_GE(count_messages("EXTEND_TIMEOUT_USEC="), 1U);
    end(second);
}

TEST_F(ForegroundDeathTest, RestartStartsItWhereItBelongs) {
    configure(with_family());
    kill(up());
    ::unlink(path("both").c_str());
    const Outcome outcome = amphid({"restart", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(alive("starts"), 1U);
    stopped();
    expect_nobody_left();
}

} // namespace amphid::test
