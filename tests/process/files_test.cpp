// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// lock, state and pid file: what stands in them, when they come and when they go.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <filesystem>
#include <sys/stat.h>

namespace amphid::test {

class FilesTest : public ProcessTest {
protected:
    struct stat info(const std::string& file) {
        struct stat found {};
        EXPECT_EQ(::lstat(file.c_str(), &found), 0) << file;
        return found;
    }
};

TEST_F(FilesTest, StateSaysWhatIs) {
    configure(service("notify", {"--status", "serving", "--notify"}));
    started();
    const std::string text = read_file(runtime("state")).value_or("");
    EXPECT_EQ(text.substr(0, text.find('\n')), "amphid-state=1") << text;
    EXPECT_TRUE(text.ends_with("\n"));
    std::string boot = read_file("/proc/sys/kernel/random/boot_id").value_or("\n");
    boot.pop_back();
    const Fields is = state();
    const auto expect = [&](const std::string& key, const std::string& value) {
        EXPECT_EQ(is.contains(key) ? is.at(key) : "(missing)", value) << key;
    };
    expect("name", name());
    expect("config", config());
    expect("mode", "daemon");
    expect("state", "running");
    expect("result", "success");
    expect("launcher.start-time", std::to_string(stat_of(launcher())->start_time));
    expect("launcher.boot-id", boot);
    expect("main.start-time", std::to_string(stat_of(main_pid())->start_time));
    expect("main.boot-id", boot);
    expect("unit", "");
    expect("manager", "");
    expect("reload.serial", "0");
    expect("restarts", "0");
    expect("exit.kind", "");
    expect("exit.status", "0");
    expect("exit.stage", "");
    expect("status-text", "serving");
    EXPECT_TRUE(command_line_of(main_pid()).starts_with(helper_binary() + " serve"));
    stopped();
    EXPECT_EQ(state("state"), "dead");
    EXPECT_EQ(state("main.pid"), "0");
}

// No environment, no output of the service: the file is for everybody.
TEST_F(FilesTest, StateHoldsNoSecrets) {
    configure(service("notify", {"--stderr", "word of stderr", "--notify"}) +
              "environment = [\"PASSWORD=secret-word\"]\n");
    started();
    const std::string text = read_file(runtime("state")).value_or("");
    EXPECT_EQ(text.find("secret-word"), std::string::npos);
    EXPECT_EQ(text.find("word of stderr"), std::string::npos);
    stopped();
}

TEST_F(FilesTest, StatusTextCannotForgeALine) {
    configure(service("notify", {"--status", "a\\nb=\\\\c", "--notify"}));
    started();
    EXPECT_EQ(state("status-text"), "a\\nb=\\\\c");
    stopped();
}

TEST_F(FilesTest, OwnersAndModes) {
    configure(service("notify", {"--notify"}));
    started();
    for (const char* file : {"lock", "state", "pid"}) {
        EXPECT_EQ(info(runtime(file)).st_uid, ::getuid()) << file; // P3
        EXPECT_EQ(info(runtime(file)).st_nlink, 1U) << file;
        EXPECT_TRUE(S_ISREG(info(runtime(file)).st_mode)) << file;
    }
    EXPECT_EQ(info(runtime("lock")).st_mode & 07777U, 0600U);
    EXPECT_EQ(info(runtime("state")).st_mode & 07777U, 0644U);
    EXPECT_EQ(info(runtime("pid")).st_mode & 07777U, 0644U);
    EXPECT_EQ(info(runtime()).st_mode & 0022U, 0U) << "only the owner writes into the directory";
    stopped();
}

TEST_F(FilesTest, PidGoesLockAndStateStay) {
    configure(service("notify", {"--notify"}));
    started();
    stopped();
    EXPECT_TRUE(exists(runtime("lock")));
    EXPECT_TRUE(exists(runtime("state")));
    EXPECT_FALSE(exists(runtime("notify")));
    std::size_t temporaries = 0;
    for (const auto& entry : std::filesystem::directory_iterator(runtime()))
        temporaries += entry.path().filename() != "lock" && entry.path().filename() != "state";
    EXPECT_EQ(temporaries, 0U);
}

TEST_F(FilesTest, NoPidFileBeforeReady) {
    configure(service("notify", {"--notify-after", path("go")}));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_state("start"));
    EXPECT_NE(main_pid(), 0) << "a running service is never unknown";
    EXPECT_FALSE(exists(runtime("pid")));
    write("go", "");
    EXPECT_EQ(finish(command).code, 0);
    EXPECT_EQ(read_file(runtime("pid")), std::to_string(launcher()) + "\n");
    stopped();
}

TEST_F(FilesTest, PidFileElsewhere) {
    configure(service("notify", {"--notify"}) + "[launcher]\npid-file = " +
              quoted(path("web.pid")) + "\nservice-pid-file = " + quoted(path("main.pid")) + "\n");
    started();
    EXPECT_EQ(read("web.pid"), std::to_string(launcher()) + "\n");
    EXPECT_EQ(read("main.pid"), std::to_string(main_pid()) + "\n");
    EXPECT_EQ(info(path("web.pid")).st_mode & 07777U, 0644U);
    EXPECT_FALSE(exists(runtime("pid")));
    stopped();
    EXPECT_FALSE(exists(path("web.pid")));
    EXPECT_FALSE(exists(path("main.pid")));
}

TEST_F(FilesTest, RuntimeDirectoryElsewhere) {
    configure(service("notify", {"--notify"}) +
              "[launcher]\nruntime-directory = " + quoted(path("files")) + "\n");
    const Outcome outcome = start();
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const Fields is = parse_fields(read("files/state"));
    EXPECT_EQ(is.at("state"), "running");
    EXPECT_EQ(read("files/pid"), is.at("launcher.pid") + "\n");
    EXPECT_FALSE(exists(runtime()));
    EXPECT_EQ(status().code, 0);
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(exists(path("files/pid")));
}

TEST_F(FilesTest, NameOfTheFile) {
    const std::string other = name() + "-other";
    configure(service("notify", {"--notify"}) + "[launcher]\nname = " + quoted(other) + "\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(outcome.out.starts_with(other + ": ready (PID "));
    EXPECT_TRUE(exists(runtime_base() + "/" + other + "/pid"));
    EXPECT_FALSE(exists(runtime("pid")));
    EXPECT_EQ(stop().code, 0);
    std::filesystem::remove_all(runtime_base() + "/" + other);
}

// Two files with one name exclude each other, with a clear error.
TEST_F(FilesTest, OneNameTwoFiles) {
    configure(service("notify", {"--notify"}));
    const pid_t pid = started();
    const std::string second =
        write("second.toml", service("notify", {"--append", path("starts"), "--notify"}) +
                                 "[launcher]\nname = " + quoted(name()) + "\n");
    const Outcome outcome = amphid({"start", second});
    EXPECT_NE(outcome.code, 0);
    EXPECT_NE(outcome.err.find(config()), std::string::npos) << outcome.err;
    EXPECT_FALSE(exists(path("starts")));
    EXPECT_TRUE(is_alive(pid));
    stopped();
}

/// How the service dies; in daemon mode and in the foreground.
struct Death {
    const char* how;
    bool foreground;
};

void PrintTo(const Death& death, std::ostream* out) {
    *out << death.how << (death.foreground ? " in the foreground" : " as a daemon");
}

class DeathTest : public FilesTest, public ::testing::WithParamInterface<Death> {};

TEST_P(DeathTest, RemovesThePidFiles) {
    const std::string how = GetParam().how;
    const bool code = how[0] >= '0' && how[0] <= '9';
    configure(
        service("notify", {"--notify", "--await", path("go"), code ? "--exit" : "--die", how}) +
        "[launcher]\nservice-pid-file = " + quoted(path("main.pid")) + "\n");
    spawn_amphid({GetParam().foreground ? "run" : "start", config()});
    ASSERT_TRUE(await_state("running"));
    ASSERT_TRUE(
        await("the pid files", [&] { return exists(runtime("pid")) && exists(path("main.pid")); }));
    EXPECT_EQ(state("mode"), GetParam().foreground ? "foreground" : "daemon");
    const pid_t pid = launcher();
    write("go", "");
    ASSERT_TRUE(await_gone(pid));
    EXPECT_FALSE(exists(runtime("pid")));
    EXPECT_FALSE(exists(path("main.pid")));
    EXPECT_FALSE(exists(runtime("notify")));
    EXPECT_EQ(status().code, 3);
}

INSTANTIATE_TEST_SUITE_P(Every, DeathTest,
                         ::testing::Values(Death{"0", false}, Death{"1", false},
                                           Death{"KILL", false}, Death{"SEGV", false},
                                           Death{"0", true}, Death{"1", true}, Death{"KILL", true},
                                           Death{"SEGV", true}));

// P4: not ours any more.
TEST_F(FilesTest, PidFileOfSomebodyElseIsLeftAlone) {
    configure(service("notify", {"--notify"}) +
              "[launcher]\npid-file = " + quoted(path("web.pid")) + "\n");
    started();
    write("web.pid", "1\n"); // another file under this name
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(read("web.pid"), "1\n");
}

// P4: systemd removes PIDFile= itself.
TEST_F(FilesTest, PidFileThatIsGoneIsNoProblem) {
    configure(service("notify", {"--notify"}));
    started();
    std::filesystem::remove(runtime("pid"));
    const Outcome outcome = stop();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
}

// A launcher that was killed before it had its first word in the state: that of its predecessor
// says that all is well.
TEST_F(FilesTest, AStartTidiesAfterOneThatWasKilledAtOnce) {
    configure(service("notify", {"--notify"}));
    started();
    stopped();
    std::vector<std::string> left;
    for (const char* file : {".state.4194303", ".pid.4194303"}) {
        left.push_back(runtime(file));
        ASSERT_TRUE(write_file(left.back(), "half"));
    }
    std::filesystem::path other; // of a service that is called NAME.left
    if (const std::filesystem::path cgroup = state("cgroup"); !cgroup.empty()) {
        left.push_back(cgroup.parent_path() / ("amphid." + name() + ".0f1e2d3c"));
        ASSERT_TRUE(std::filesystem::create_directory(left.back()));
        other = cgroup.parent_path() / ("amphid." + name() + ".left.0f1e2d3c");
        ASSERT_TRUE(std::filesystem::create_directory(other));
    }
    started();
    stopped();
    for (const std::string& file : left)
        EXPECT_FALSE(exists(file)) << file;
    if (!other.empty()) {
        EXPECT_TRUE(std::filesystem::remove(other)) << other << " was not ours to remove";
    }
}

// Readers see whole documents only, whatever moment they pick.
TEST_F(FilesTest, StateIsNeverEmptyOrHalfWritten) {
    configure(service("notify", {"--exit-first", path("starts"), "0", "0", "--if-exists",
                                 path("end"), "{", "--notify", "--await", path("never"), "}",
                                 "--notify", "--status", std::string(600, 's'), "--exit", "0"}) +
              "restart = \"always\"\nrestart-sec = 0\nstart-limit-burst = 0\n");
    const Outcome outcome = start();
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    std::size_t reads = 0;
    std::size_t bad = 0;
    ASSERT_TRUE(await("30 restarts", [&] {
        for (int i = 0; i < 50; ++i, ++reads) {
            const auto text = read_file(runtime("state"));
            bad += !text || !text->starts_with("amphid-state=1\n") || !text->ends_with("\n") ||
                   !parse_fields(*text).contains("launcher.pid");
        }
        return lines("starts").size() >= 30;
    }));
    EXPECT_EQ(bad, 0U) << "of " << reads;
    write("end", "");
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(stop().code, 0);
}

// A mistyped path costs nobody a file.
TEST_F(FilesTest, APidFileReplacesNothingElse) {
    for (const char* key : {"pid-file", "service-pid-file"}) {
        for (const char* kind : {"text", "directory", "fifo"}) {
            configure(service("exec", {}) + "[launcher]\n" + key + " = " + quoted(path(kind)) +
                      "\n");
            write("text", "root:x:0:0\n");
            ::mkdir(path("directory").c_str(), 0755);
            ::mkfifo(path("fifo").c_str(), 0644);
            const Outcome outcome = start();
            EXPECT_EQ(outcome.code, 1) << key << kind;
            expect_words(outcome.err, "refusing to replace " + path(kind));
            expect_nobody_left();
        }
        EXPECT_EQ(read("text"), "root:x:0:0\n");
    }
}

TEST_F(FilesTest, APidFileReplacesAStaleOne) {
    for (const char* text : {"", "12345\n", "  77"}) {
        configure(service("exec", {}) + "[launcher]\npid-file = " + quoted(path("web.pid")) + "\n");
        write("web.pid", text);
        const pid_t launcher = started();
        EXPECT_EQ(read("web.pid"), std::to_string(launcher) + "\n");
        stopped();
    }
}

} // namespace amphid::test
