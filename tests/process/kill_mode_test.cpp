// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// systemd.kill(5): whom a stop ends, with which signals, and who is named as left running.

#include "fixture.h"
#include "helper/file.h"

#include <algorithm>
#include <csignal>
#include <sstream>

namespace amphid::test {

class KillModeTest : public ProcessTest {
protected:
    /// Children of the service write their names here when they get a signal, and their PIDs into
    /// `child`, `session` and `orphan`.
    Words family(const Words& of_each = {}) const {
        Words steps;
        for (const std::string kind : {"--child", "--child-session", "--child-orphan"}) {
            const std::string file = path(kind == "--child"           ? "child"
                                          : kind == "--child-session" ? "session"
                                                                      : "orphan");
            steps.insert(steps.end(), {kind, "{"});
            steps.insert(steps.end(), of_each.begin(), of_each.end());
            steps.insert(steps.end(), {"--append", file, "}", "--await", file});
        }
        return steps;
    }

    static Words joined(Words first, const Words& then) {
        first.insert(first.end(), then.begin(), then.end());
        return first;
    }

    pid_t pid_in(const std::string& file) const { return std::atoi(read(file).c_str()); }

    std::vector<pid_t> relatives() const {
        return {pid_in("child"), pid_in("session"), pid_in("orphan")};
    }

    /// The three are alive, and state and log name exactly them; then they are ended.
    void expect_left_running(std::vector<pid_t> left) {
        EXPECT_EQ(pids_of(state("left-running")), sorted(left));
        EXPECT_EQ(state("survivors"), "");
        for (const pid_t pid : left) {
            EXPECT_TRUE(is_alive(pid)) << pid;
            send_signal(pid, SIGKILL);
            EXPECT_TRUE(await_gone(pid));
        }
    }

    static std::vector<pid_t> sorted(std::vector<pid_t> pids) {
        std::sort(pids.begin(), pids.end());
        return pids;
    }

    static std::vector<pid_t> pids_of(std::string list) {
        std::replace(list.begin(), list.end(), ',', ' ');
        std::istringstream words(list);
        std::vector<pid_t> pids;
        for (pid_t pid = 0; words >> pid;)
            pids.push_back(pid);
        return sorted(pids);
    }

    std::string mode(const std::string& word) const { return "kill-mode = " + quoted(word) + "\n"; }

    const std::string soon = "timeout-stop-sec = \"200ms\"\n";
    const std::string never = "timeout-stop-sec = \"1h\"\n";
};

TEST_F(KillModeTest, ControlGroupTermsEverybody) {
    configure(
        service("notify", joined(family({"--log-signals", path("heard"), "--exit-on", "TERM:0"}),
                                 {"--exit-on", "TERM:0", "--notify"})) +
        mode("control-group") + never);
    started();
    stopped();
    std::vector<std::string> heard = lines("heard");
    EXPECT_EQ(std::count(heard.begin(), heard.end(), "TERM"), 3);
    for (const pid_t pid : relatives())
        EXPECT_FALSE(is_alive(pid));
    EXPECT_EQ(state("left-running"), "");
    EXPECT_EQ(state("result"), "success");
}

TEST_F(KillModeTest, ControlGroupKillsWhoDoesNotHear) {
    configure(service("notify",
                      joined(family({"--ignore", "TERM"}), {"--exit-on", "TERM:0", "--notify"})) +
              mode("control-group") + soon);
    started();
    stopped();
    expect_nobody_left();
    EXPECT_EQ(state("result"), "timeout");
}

// Only the main process gets kill-signal; what it leaves is killed at once, whatever the time.
TEST_F(KillModeTest, MixedKillsTheRestWhenTheMainProcessIsGone) {
    configure(service("notify", joined(family({"--log-signals", path("heard")}),
                                       {"--on", "TERM", "{", "--append", path("term"), "--await",
                                        path("go"), "--exit", "0", "}", "--notify"})) +
              mode("mixed") + never);
    started();
    Program& command = spawn_amphid({"stop", config()});
    ASSERT_TRUE(await_lines("term", 1));
    for (const pid_t pid : relatives())
        EXPECT_TRUE(is_alive(pid)) << "the main process is not gone yet";
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    expect_nobody_left();
    EXPECT_EQ(read("heard"), "") << "the rest gets final-kill-signal only";
    EXPECT_EQ(state("result"), "success");
    EXPECT_EQ(state("left-running"), "");
}

TEST_F(KillModeTest, MixedKillsEverybodyInTheEnd) {
    configure(service("notify", joined(family(), {"--ignore", "TERM", "--notify"})) +
              mode("mixed") + soon);
    started();
    stopped();
    expect_nobody_left();
    EXPECT_EQ(state("result"), "timeout");
}

TEST_F(KillModeTest, ProcessLeavesTheRestAlone) {
    configure(service("notify", joined(family({"--log-signals", path("heard")}),
                                       {"--exit-on", "TERM:0", "--notify"})) +
              mode("process") + never);
    const pid_t pid = started();
    const Outcome outcome = stop();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_FALSE(is_alive(pid));
    EXPECT_EQ(state("state"), "dead");
    EXPECT_EQ(read("heard"), "");
    EXPECT_FALSE(exists(runtime("pid")));
    EXPECT_FALSE(exists(state("cgroup"))) << "it would stay when the last of them has ended";
    EXPECT_EQ(status().code, 3);
    expect_left_running(relatives());
}

TEST_F(KillModeTest, ProcessKillsTheMainProcessOnly) {
    configure(service("notify", joined(family(), {"--ignore", "TERM", "--notify"})) +
              mode("process") + soon);
    started();
    const pid_t main = main_pid();
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(is_alive(main));
    EXPECT_EQ(state("result"), "timeout");
    expect_left_running(relatives());
}

// A second run beside what the first one left, as sshd's sessions are.
TEST_F(KillModeTest, ProcessMayBeStartedBesideItsLeftovers) {
    configure(service("notify", joined(family(), {"--exit-on", "TERM:0", "--notify"})) +
              mode("process"));
    started();
    EXPECT_EQ(stop().code, 0);
    const std::vector<pid_t> first = relatives();
    configure(service("notify", {"--exit-on", "TERM:0", "--notify"}) + mode("process"));
    started();
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(state("left-running"), "") << "those of an earlier run are not this one's";
    for (const pid_t pid : first) {
        EXPECT_TRUE(is_alive(pid));
        send_signal(pid, SIGKILL);
        EXPECT_TRUE(await_gone(pid));
    }
}

TEST_F(KillModeTest, ProcessIsRestartedBesideItsLeftovers) {
    configure(
        service("notify", {"--append", path("starts"), "--if-exists", path("child"), "{",
                           "--notify", "--await", path("never"), "}", "--child-session", "{",
                           "--append", path("child"), "}", "--await", path("child"), "--notify"}) +
        mode("process") + "restart = \"always\"\nrestart-sec = 0\n");
    started();
    const pid_t child = pid_in("child");
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_lines("starts", 2));
    ASSERT_TRUE(await_state("running"));
    EXPECT_TRUE(is_alive(child));
    EXPECT_EQ(stop().code, 0);
    expect_left_running({child});
}

TEST_F(KillModeTest, NoneRunsTheHookOnly) {
    configure(service("notify",
                      joined(family({"--log-signals", path("heard")}),
                             {"--log-signals", path("heard"), "--exit-on", "USR1:0", "--notify"})) +
              mode("none") + never + hooks("exec-stop", {shell("kill -USR1 $MAINPID")}));
    started();
    const pid_t main = main_pid();
    EXPECT_EQ(stop().code, 0);
    ASSERT_TRUE(await_gone(main));
    EXPECT_EQ(read("heard"), "USR1\n");
    for (const pid_t pid : relatives()) {
        EXPECT_TRUE(is_alive(pid));
        send_signal(pid, SIGKILL);
        EXPECT_TRUE(await_gone(pid));
    }
}

TEST_F(KillModeTest, NoneNamesWhoIsLeft) {
    configure(service("notify", {"--notify"}) + mode("none") +
              hooks("exec-stop", {played({"--exit", "0"})}));
    started();
    const pid_t main = main_pid();
    EXPECT_EQ(stop().code, 0);
    expect_left_running({main});
}

TEST_F(KillModeTest, WithoutSigkillTheDeafAreNamed) {
    configure(service("notify",
                      joined(family({"--ignore", "TERM"}), {"--exit-on", "TERM:0", "--notify"})) +
              soon + "send-sigkill = false\n");
    started();
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(state("result"), "timeout");
    expect_left_running(relatives());
}

TEST_F(KillModeTest, WithoutSigkillTheMainProcessMayStay) {
    configure(service("notify", {"--ignore", "TERM", "--notify"}) + soon +
              "send-sigkill = false\n");
    const pid_t pid = started();
    const pid_t main = main_pid();
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(is_alive(pid));
    expect_left_running({main});
}

TEST_F(KillModeTest, WithoutSigkillTheObedientGoAsEver) {
    configure(service("notify", joined(family(), {"--exit-on", "TERM:0", "--notify"})) + never +
              "send-sigkill = false\n");
    started();
    stopped();
    expect_nobody_left();
    EXPECT_EQ(state("left-running"), "");
}

TEST_F(KillModeTest, FinalKillSignalIsTheFiles) {
    configure(service("notify", {"--log-signals", path("log"), "--exit-on", "QUIT:0", "--notify"}) +
              soon + "final-kill-signal = \"SIGQUIT\"\n");
    started();
    stopped();
    EXPECT_EQ(read("log"), "TERM\nQUIT\n");
    EXPECT_EQ(state("result"), "timeout");
}

// An interactive shell ignores SIGTERM, and hangs up.
TEST_F(KillModeTest, HangUpFollowsForShells) {
    configure(service("notify", {"--ignore", "TERM", "--exit-on", "HUP:0", "--notify"}) + never +
              "send-sighup = true\n");
    started();
    stopped();
    EXPECT_EQ(state("result"), "success");
}

TEST_F(KillModeTest, HangUpIsForEverybody) {
    configure(service("notify", joined(family({"--ignore", "TERM", "--exit-on", "HUP:0"}),
                                       {"--exit-on", "TERM:0", "--notify"})) +
              never + "send-sighup = true\n");
    started();
    stopped();
    expect_nobody_left();
    EXPECT_EQ(state("result"), "success");
}

TEST_F(KillModeTest, SuspendedTreeIsContinued) {
    configure(service("notify", joined(family({"--exit-on", "TERM:0"}),
                                       {"--exit-on", "TERM:0", "--notify"})) +
              never);
    const pid_t pid = started();
    for (const pid_t one : descendants_of(pid))
        send_signal(one, SIGSTOP);
    ASSERT_TRUE(await("everybody to be suspended", [&] {
        const std::vector<pid_t> all = descendants_of(pid);
        return std::all_of(all.begin(), all.end(), [](pid_t one) {
            const auto stat = stat_of(one);
            return stat && stat->state == 'T';
        });
    }));
    stopped();
    EXPECT_EQ(state("result"), "success");
}

TEST_F(KillModeTest, RestartCommandHasItsOwnSignal) {
    configure(service("notify", {"--log-signals", path("log"), "--exit-on", "TERM:0", "--exit-on",
                                 "USR2:0", "--notify"}) +
              "restart-kill-signal = \"SIGUSR2\"\n");
    started();
    const Outcome outcome = amphid({"restart", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(read("log"), "USR2\n");
    stopped();
    EXPECT_EQ(read("log"), "USR2\nTERM\n");
}

// The schedule may take longer than the manager's own: it is asked for the time.
TEST_F(KillModeTest, ManagerIsAskedForTheTimeOfTheStop) {
    configure(service("notify", {"--ignore", "TERM", "--notify"}) +
              "timeout-stop-sec = \"300ms\"\n");
    Program& unit = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    const std::size_t before = count_messages("EXTEND_TIMEOUT_USEC=");
    send_signal(unit.pid, SIGTERM);
    finish(unit);
    EXPECT_EQ(count_messages("STOPPING=1"), 1U);
    EXPECT_EQ(count_messages("EXTEND_TIMEOUT_USEC="), before + 2) << "for TERM and for KILL";
    EXPECT_EQ(count_messages("EXTEND_TIMEOUT_USEC=10300000"), 1U) << "ten seconds more than ours";
    EXPECT_EQ(count_messages("EXTEND_TIMEOUT_USEC=20000000"), 1U) << "a kill has ten of its own";
    expect_nobody_left();
}

TEST_F(KillModeTest, NoneWithoutAStopHookLeavesTheService) {
    configure(service("notify", {"--notify"}) + mode("none"));
    started();
    const pid_t main = main_pid();
    stop();
    EXPECT_TRUE(is_alive(main)) << "as systemd does it";
    send_signal(main, SIGKILL);
    EXPECT_TRUE(await_gone(main));
}

} // namespace amphid::test
