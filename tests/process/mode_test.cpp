// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Which mode: every row of the table in design.md section 4, by `explain` and by a real start.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <regex>

namespace amphid::test {

class ModeTest : public ProcessTest {
protected:
    /// What `explain` says for a start with these options under this launch.
    std::string explain(const Launch& launch = {}, const Words& options = {}) {
        Words words{"explain", config()};
        words.insert(words.end(), options.begin(), options.end());
        const Outcome outcome = amphid(words, launch);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        return outcome.out;
    }

    /// The mode in the text of `explain`.
    static std::string mode_in(const std::string& text) {
        std::smatch found;
        return std::regex_search(text, found, std::regex("mode[: =]+(daemon|foreground)"))
                   ? found[1].str()
                   : "no mode in:\n" + text;
    }

    static void expect_words(const std::string& text, const Words& words) {
        for (const std::string& word : words)
            EXPECT_NE(text.find(word), std::string::npos) << word << " is not in\n" << text;
    }

    /// Starts it for real and gives the mode of the state file.
    std::string real_mode(const Launch& launch = {}, const Words& options = {}) {
        Words words{"start", config()};
        words.insert(words.end(), options.begin(), options.end());
        Program& program = spawn_amphid(words, launch);
        EXPECT_TRUE(await_state("running"));
        const std::string mode = state("mode");
        const pid_t pid = launcher();
        EXPECT_EQ(pid == program.pid, mode == "foreground");
        if (mode == "daemon") {
            EXPECT_EQ(finish(program).code, 0) << program.error;
        }
        // As systemd would; stop would ask a systemctl that knows nothing of this unit.
        send_signal(pid, SIGTERM);
        EXPECT_TRUE(await_gone(pid));
        return mode;
    }

    void SetUp() override {
        ProcessTest::SetUp();
        configure(service("notify", {"--notify"}));
    }

    const Launch systemd{.by_systemd = true};
};

TEST_F(ModeTest, NothingSpecialIsADaemon) {
    EXPECT_EQ(mode_in(explain()), "daemon");
    EXPECT_EQ(real_mode(), "daemon");
}

TEST_F(ModeTest, OptionsInsist) {
    EXPECT_EQ(mode_in(explain({}, {"--foreground"})), "foreground");
    EXPECT_EQ(mode_in(explain(systemd, {"--daemon"})), "daemon");
    expect_words(explain(systemd, {"--daemon"}), {"--daemon"});
    EXPECT_EQ(real_mode({}, {"--foreground"}), "foreground");
    EXPECT_EQ(real_mode(systemd, {"--daemon"}), "daemon");
}

TEST_F(ModeTest, RunIsTheForeground) {
    Program& program = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(state("mode"), "foreground");
    EXPECT_EQ(launcher(), program.pid);
    EXPECT_EQ(stop().code, 0);
    finish(program);
}

TEST_F(ModeTest, KeyOfTheFileInsists) {
    configure(service("notify", {"--notify"}) + "[launcher]\nmode = \"foreground\"\n");
    EXPECT_EQ(mode_in(explain()), "foreground");
    EXPECT_EQ(mode_in(explain({}, {"--daemon"})), "daemon") << "an option comes first";
    EXPECT_EQ(real_mode(), "foreground");
    configure(service("notify", {"--notify"}) + "[launcher]\nmode = \"daemon\"\n");
    EXPECT_EQ(mode_in(explain(systemd)), "daemon");
    EXPECT_EQ(real_mode(systemd), "daemon");
}

// P6: the one direct proof.
TEST_F(ModeTest, OwnPidInSystemdExecPidIsSystemd) {
    const std::string text = explain(systemd);
    EXPECT_EQ(mode_in(text), "foreground");
    expect_words(text, {"SYSTEMD_EXEC_PID", "NOTIFY_SOCKET"});
    EXPECT_EQ(real_mode(systemd), "foreground");
}

TEST_F(ModeTest, SystemdWithoutNotifySocketIsStillSystemd) {
    const Launch silent{.environment = {{"NOTIFY_SOCKET", ""}}, .by_systemd = true};
    const std::string text = explain(silent);
    EXPECT_EQ(mode_in(text), "foreground");
    EXPECT_EQ(real_mode(silent), "foreground");
}

// P6: what a shell in a unit or a terminal inherits proves nothing.
TEST_F(ModeTest, InheritedVariablesProveNothing) {
    const Launch inherited{.environment = {{"NOTIFY_SOCKET", path("manager")},
                                           {"INVOCATION_ID", std::string(32, 'b')},
                                           {"JOURNAL_STREAM", "8:12345"}}};
    const std::string text = explain(inherited);
    EXPECT_EQ(mode_in(text), "daemon");
    expect_words(text, {"NOTIFY_SOCKET", "INVOCATION_ID"});
    EXPECT_EQ(real_mode(inherited), "daemon");
    EXPECT_EQ(messages().size(), 0U) << "somebody else's manager was told";
}

TEST_F(ModeTest, SomebodyElsesExecPid) {
    const Launch other{.environment = {{"NOTIFY_SOCKET", path("manager")},
                                       {"INVOCATION_ID", std::string(32, 'b')},
                                       {"SYSTEMD_EXEC_PID", std::to_string(::getpid())}}};
    const std::string text = explain(other);
    EXPECT_EQ(mode_in(text), "daemon");
    expect_words(text, {"SYSTEMD_EXEC_PID", std::to_string(::getpid())});
    EXPECT_EQ(real_mode(other), "daemon");
    EXPECT_EQ(messages().size(), 0U);
}

TEST_F(ModeTest, NonsenseInSystemdExecPid) {
    for (const char* value : {"x", "-1", "0", "99999999999999999999", " 1"}) {
        const Launch odd{.environment = {{"SYSTEMD_EXEC_PID", value}}};
        EXPECT_EQ(mode_in(explain(odd)), "daemon") << value;
    }
}

// P7: a daemon started by a subreaper or in a container has parent 1 or none of these.
TEST_F(ModeTest, ParentOneProvesNothing) {
    const Launch orphan{.command = {"bash", "-c", "(exec \"$@\" >\"$OUT\" 2>&1) & disown", "-"},
                        .environment = {{"OUT", path("said")}}};
    amphid({"explain", config()}, orphan);
    ASSERT_TRUE(await("the orphan's words",
                      [&] { return read("said").find("daemon") != std::string::npos; }));
    EXPECT_EQ(mode_in(read("said")), "daemon");
    EXPECT_TRUE(await("the orphan's end", [&] { return children_of(::getpid()).empty(); }));
}

// A container's marker is left behind in virtual machines made from images.
TEST_F(ModeTest, DockerenvProvesNothing) {
    const std::string text = explain();
    EXPECT_EQ(mode_in(text), "daemon");
    if (exists("/.dockerenv"))
        expect_words(text, {"/.dockerenv"});
}

} // namespace amphid::test
