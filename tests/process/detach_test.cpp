// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The fifteen steps of daemon(7), each read back from a running service. Numbers in the names are
// the steps; "P" numbers in comments are docs/pitfalls.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <filesystem>
#include <regex>
#include <sys/stat.h>

namespace amphid::test {

class DetachTest : public ProcessTest {
protected:
    /// Starts the recording service with this launch and gives its record.
    Fields start_and_record(Launch launch = {}, const std::string& more = "") {
        configure(service("notify", {"--record", path("record"), "--notify"}) + more);
        const Outcome outcome = amphid({"start", config()}, std::move(launch));
        EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
        return record("record");
    }

    /// Starts through a shell that opens more descriptors first.
    Launch with_descriptors() const {
        return {.command = {"bash", "-c",
                            "exec 7<" + config() + " 9>" + path("nine") + " 60<" +
                                parent_of(config()) + "; exec \"$@\"",
                            "-"}};
    }
};

TEST_F(DetachTest, Step1_ServiceHasOnlyItsStandardDescriptors) {
    write(name() + ".toml", "");
    Fields said = start_and_record(with_descriptors());
    EXPECT_EQ(said["fd.0"], "/dev/null");
    EXPECT_NE(said["fd-access.0"], "w"); // P36
    for (const auto& [key, value] : said) {
        if (key.starts_with("fd.")) {
            EXPECT_TRUE(key == "fd.0" || key == "fd.1" || key == "fd.2") << key << "=" << value;
        }
    }
    stopped();
}

TEST_F(DetachTest, Step1_LauncherKeepsNoForeignDescriptor) {
    write(name() + ".toml", "");
    start_and_record(with_descriptors());
    for (const auto& [fd, target] : descriptors_of(launcher())) {
        EXPECT_TRUE(!target.starts_with(parent_of(config())) || target.starts_with(runtime()))
            << fd << " " << target;
    }
    stopped();
}

// P35: a descriptor 0-2 that is closed at our start must not become one of our files.
TEST_F(DetachTest, Step1_ClosedStandardDescriptorsDoNoHarm) {
    Fields said = start_and_record({.closed = {0, 1, 2}});
    EXPECT_EQ(said["fd.0"], "/dev/null");
    EXPECT_TRUE(said["fd.1"].starts_with("pipe:")) << said["fd.1"];
    for (const auto& [key, value] : said) {
        if (key.starts_with("fd.")) {
            EXPECT_FALSE(value.starts_with(runtime())) << key << "=" << value;
        }
    }
    const auto of_launcher = descriptors_of(launcher());
    for (int fd = 0; fd <= 2; ++fd)
        EXPECT_EQ(of_launcher.at(fd), "/dev/null") << fd;
    EXPECT_EQ(read_file(runtime("pid")), std::to_string(launcher()) + "\n");
    stopped();
}

// P25, M7: ignored signals survive exec; SIGCHLD and real-time signals too.
TEST_F(DetachTest, Step2_DispositionsAreReset) {
    Fields said = start_and_record(
        {.command = {helper_binary(), "ignoring", "HUP,PIPE,CHLD,INT,QUIT,USR1,TSTP,RTMIN+3"}});
    EXPECT_EQ(said["status.SigIgn"], "0000000000001000") << "SIGPIPE, as in systemd";
    stopped();
}

// M7 as a user meets it.
TEST_F(DetachTest, Step2_TrapOfAShellIsReset) {
    Fields said =
        start_and_record({.command = {"bash", "-c", "trap '' HUP PIPE CHLD; exec \"$@\"", "-"}});
    EXPECT_EQ(said["status.SigIgn"], "0000000000001000") << "SIGPIPE, as in systemd";
    stopped();
}

// P26: the launcher's own mask must not reach the service, nor its parent's.
TEST_F(DetachTest, Step3_MaskIsReset) {
    Fields said =
        start_and_record({.command = {helper_binary(), "blocking", "HUP,TERM,CHLD,USR2,RTMIN+3"}});
    EXPECT_EQ(said["status.SigBlk"], "0000000000000000");
    EXPECT_EQ(said["status.SigPnd"], "0000000000000000");
    EXPECT_EQ(said["status.ShdPnd"], "0000000000000000");
    stopped();
}

TEST_F(DetachTest, Step4_EnvironmentIsClean) {
    Fields said = start_and_record({.environment = {{"LEAK", "yes"},
                                                    {"INVOCATION_ID", std::string(32, 'a')},
                                                    {"NOTIFY_SOCKET", path("manager")},
                                                    {"SYSTEMD_EXEC_PID", "1"},
                                                    {"JOURNAL_STREAM", "8:15"},
                                                    {"LISTEN_FDS", "1"},
                                                    {"LISTEN_PID", "1"},
                                                    {"WATCHDOG_USEC", "1"},
                                                    {"WATCHDOG_PID", "1"},
                                                    {"TERM", "xterm"}}});
    for (const char* name : {"LEAK", "JOURNAL_STREAM", "LISTEN_FDS", "LISTEN_PID", "WATCHDOG_USEC",
                             "WATCHDOG_PID", "TERM", "XDG_RUNTIME_DIR"})
        EXPECT_FALSE(said.contains("env." + std::string(name))) << name;
    EXPECT_NE(said["env.PATH"], "");
    EXPECT_TRUE(std::regex_match(said["env.INVOCATION_ID"], std::regex("[0-9a-f]{32}")));
    EXPECT_NE(said["env.INVOCATION_ID"], std::string(32, 'a'));
    EXPECT_EQ(said["env.INVOCATION_ID"], state("invocation-id"));
    EXPECT_NE(said["env.NOTIFY_SOCKET"], path("manager")); // P9
    EXPECT_TRUE(!said.contains("env.SYSTEMD_EXEC_PID") ||
                said["env.SYSTEMD_EXEC_PID"] == said["pid"]);
    EXPECT_EQ(messages().size(), 0U);
    stopped();
}

TEST_F(DetachTest, Step4_EachStartHasItsOwnInvocationId) {
    const std::string first = start_and_record()["env.INVOCATION_ID"];
    stopped();
    EXPECT_NE(start_and_record()["env.INVOCATION_ID"], first);
    stopped();
}

TEST_F(DetachTest, Step4_EnvironmentOfTheFileIsGiven) {
    Fields said = start_and_record({}, "environment = [\"GREETING=hello world\", \"EMPTY=\"]\n");
    EXPECT_EQ(said["env.GREETING"], "hello world");
    EXPECT_TRUE(said.contains("env.EMPTY"));
    stopped();
}

// Steps 5-8: two forks and a session between them, so that neither the launcher nor the service
// leads a session.
TEST_F(DetachTest, Step5to8_TwoForksAndASession) {
    const pid_t our_session = stat_of(::getpid())->session;
    Fields said = start_and_record();
    const auto daemon = stat_of(launcher());
    ASSERT_TRUE(daemon);
    EXPECT_EQ(daemon->ppid, ::getpid()) << "an orphan belongs to the nearest subreaper";
    EXPECT_NE(daemon->session, our_session);
    EXPECT_NE(daemon->session, launcher()) << "a session leader can gain a terminal";
    EXPECT_FALSE(is_alive(daemon->session)) << "the first child has to be gone";
    EXPECT_EQ(daemon->pgrp, daemon->session);
    EXPECT_EQ(said["ppid"], std::to_string(launcher()));
    EXPECT_EQ(said["sid"], std::to_string(daemon->session));
    EXPECT_NE(said["sid"], said["pid"]);
    stopped();
}

TEST_F(DetachTest, Step6_NoTerminalAndNoneGainedByOpeningOne) {
    configure(service("notify", {"--record", path("record"), "--notify"}));
    Launch launch{.command = {helper_binary(), "job"}, .on_terminal = true};
    const Outcome outcome = amphid({"start", config()}, launch);
    ASSERT_EQ(outcome.code, 0) << outcome.out;
    Fields said = record("record");
    EXPECT_EQ(said["tty.before"], "no");
    EXPECT_EQ(said["tty.after-open"], "no");
    EXPECT_EQ(stat_of(launcher())->tty, 0);
    EXPECT_EQ(stat_of(main_pid())->tty, 0);
    for (const auto& [fd, target] : descriptors_of(launcher()))
        EXPECT_FALSE(target.starts_with("/dev/pts/")) << fd;
    stopped();
}

// P40: `exec amphid start`: the session's leader is gone as soon as the service is ready.
TEST_F(DetachTest, Step6_SurvivesTheEndOfTheSessionThatStartedIt) {
    configure(service("notify", {"--log-signals", path("log"), "--exit-on", "TERM:0", "--record",
                                 path("record"), "--notify"}));
    Program& leader = spawn_amphid({"start", config()}, {.on_terminal = true});
    ASSERT_EQ(finish(leader).code, 0) << leader.text;
    ::close(leader.out);
    leader.out = -1;
    EXPECT_TRUE(is_alive(launcher()));
    EXPECT_EQ(status().code, 0);
    stopped();
    EXPECT_EQ(read("log"), "TERM\n") << "no hang-up reached the service";
}

TEST_F(DetachTest, Step9_DevNullOnAllThree) {
    Fields said = start_and_record({}, "standard-output = \"null\"\nstandard-error = \"null\"\n");
    for (const char* fd : {"fd.0", "fd.1", "fd.2"})
        EXPECT_EQ(said[fd], "/dev/null") << fd;
    EXPECT_NE(said["fd-access.1"], "r"); // P36
    EXPECT_NE(said["fd-access.2"], "r");
    const auto of_launcher = descriptors_of(launcher());
    for (int fd = 0; fd <= 2; ++fd)
        EXPECT_EQ(of_launcher.at(fd), "/dev/null") << fd;
    stopped();
}

// P38: the caller's umask decides neither about the service nor about our own files.
TEST_F(DetachTest, Step10_UmaskIsSet) {
    Fields said = start_and_record({.umask = 0077});
    EXPECT_EQ(said["umask"], "0022");
    struct stat info {};
    ASSERT_EQ(::stat(runtime("pid").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0644U);
    ASSERT_EQ(::stat(runtime("state").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0644U);
    ASSERT_EQ(::stat(runtime("lock").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0600U);
    stopped();
}

TEST_F(DetachTest, Step10_UmaskOfTheFileIsForTheServiceAlone) {
    Fields said = start_and_record({.umask = 0}, "umask = \"0000\"\n");
    EXPECT_EQ(said["umask"], "0000");
    struct stat info {};
    ASSERT_EQ(::stat(runtime("pid").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0644U);
    stopped();
}

TEST_F(DetachTest, Step11_WorkingDirectoryIsTheRoot) {
    Fields said = start_and_record();
    EXPECT_EQ(said["cwd"], "/");
    EXPECT_EQ(std::filesystem::read_symlink("/proc/" + std::to_string(launcher()) + "/cwd"), "/");
    stopped();
}

TEST_F(DetachTest, Step11_WorkingDirectoryOfTheFile) {
    Fields said = start_and_record({}, "working-directory = " + quoted(path("xdg")) + "\n");
    EXPECT_EQ(said["cwd"], path("xdg"));
    stopped();
}

// P2, M8: complete before anybody is told; removed at exit (the textbook's last step).
TEST_F(DetachTest, Step12_PidFileIsCompleteWhenTheParentReturns) {
    for (int round = 0; round < 20; ++round) {
        configure(service("exec", {}));
        ASSERT_EQ(start().code, 0);
        ASSERT_EQ(read_file(runtime("pid")), std::to_string(launcher()) + "\n") << round;
        ASSERT_TRUE(is_alive(launcher()));
        stopped();
    }
}

// P29, P30: nothing of the launcher's own process attributes reaches the service.
TEST_F(DetachTest, Step13_ServiceInheritsNoProcessAttributes) {
    Fields said = start_and_record();
    EXPECT_EQ(said["subreaper"], "no");
    EXPECT_EQ(said["uid"], std::to_string(::getuid()));
    EXPECT_EQ(status_of(main_pid())["NoNewPrivs"], status_of(::getpid())["NoNewPrivs"]);
    stopped();
}

TEST_F(DetachTest, Step14and15_ParentWaitsUntilTheServiceIsReady) {
    configure(service("notify", {"--ready-file", path("runs"), "--notify-after", path("go")}));
    Program& parent = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_file("runs"));
    ASSERT_TRUE(await_state("start"));
    EXPECT_FALSE(parent.status) << "returned before the service was ready: " << parent.text;
    EXPECT_EQ(parent.text, "");
    write("go", "");
    const Outcome outcome = finish(parent);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(state("state"), "running");
    stopped();
}

// Buffers flushed: what was printed before the forks is printed once.
TEST_F(DetachTest, OutputIsPrintedOnceAndTheCallersPipesAreLetGo) {
    configure(service("notify", {"--notify"}));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, name() + ": ready (PID " + std::to_string(launcher()) + ", main PID " +
                               std::to_string(main_pid()) + ")\n");
    EXPECT_EQ(outcome.err, "");
    EXPECT_TRUE(outcome.pipes_closed) << "a $(amphid start …) would hang";
    stopped();
}

// The daemon of the textbook: umask 0, cwd /, all three on /dev/null, no pid file after the end.
TEST_F(DetachTest, ClassicDaemonOfATextbook) {
    configure(service("exec", {"--record", path("record"), "--ready-file", path("recorded")}) +
              "umask = \"0000\"\nworking-directory = \"/\"\nstandard-output = \"null\"\n"
              "standard-error = \"null\"\n[launcher]\nmode = \"daemon\"\npid-file = " +
              quoted(path("classic.pid")) + "\n");
    started();
    ASSERT_TRUE(await_file("recorded"));
    Fields said = record("record");
    EXPECT_EQ(said["umask"], "0000");
    EXPECT_EQ(said["cwd"], "/");
    for (const char* fd : {"fd.0", "fd.1", "fd.2"})
        EXPECT_EQ(said[fd], "/dev/null") << fd;
    EXPECT_EQ(read("classic.pid"), std::to_string(launcher()) + "\n");
    stopped();
    EXPECT_FALSE(exists(path("classic.pid")));
}

TEST_F(DetachTest, ClassicExampleOfTheProjectIsValid) {
    const std::string example = std::string(AMPHID_SOURCE_DIR) + "/config/classic.toml";
    const Outcome outcome = amphid({"check", example});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    const std::string text = read_file(example).value_or("");
    for (const char* needed : {"umask = \"0000\"", "working-directory = \"/\""})
        EXPECT_NE(text.find(needed), std::string::npos) << needed;
}

} // namespace amphid::test
