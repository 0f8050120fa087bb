// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// `amphid run --watch` and `--env-file`: a developer's runner.

#include "fixture.h"

#include <csignal>
#include <filesystem>
#include <fstream>

namespace amphid::test {

class WatchRunTest : public ProcessTest {
protected:
    /// Runs a script that says its line in "runs" and stays.
    Program& watch_script(const Words& paths) {
        save("src/run.sh", says("one"));
        return watch(paths, {"--exec", "/bin/sh", path("src/run.sh")});
    }
    Program& watch(const Words& paths, const Words& words) {
        Words all{"run", "--set", "launcher.name=" + name()};
        for (const std::string& one : paths) {
            all.insert(all.end(), {"--watch", path(one)});
        }
        all.insert(all.end(), words.begin(), words.end());
        return spawn_amphid(all);
    }
    std::string says(const std::string& word) const {
        return "echo " + word + " >>" + path("runs") + "; exec sleep 1000\n";
    }
    void SetUp() override {
        ProcessTest::SetUp();
        std::filesystem::create_directory(path("src"));
    }
    /// As it is, without a temporary file beside it.
    void save(const std::string& file, const std::string& text) const {
        std::ofstream(path(file)) << text;
    }
    void end(Program& unit) {
        send_signal(unit.pid, SIGTERM);
        EXPECT_EQ(finish(unit).signal, SIGTERM) << unit.error;
        expect_nobody_left();
    }
};

TEST_F(WatchRunTest, AChangeRestartsTheService) {
    Program& unit = watch_script({"src"});
    ASSERT_TRUE(await_lines("runs", 1));
    save("src/run.sh", says("two"));
    ASSERT_TRUE(await_lines("runs", 2));
    // As editors save: a new file takes the place of the old one.
    save("src/run.new", says("three"));
    std::filesystem::rename(path("src/run.new"), path("src/run.sh"));
    ASSERT_TRUE(await_lines("runs", 3));
    EXPECT_EQ(read("runs"), "one\ntwo\nthree\n");
    end(unit);
    expect_words(unit.error, path("src/run.sh") + " changed; restarting");
}

TEST_F(WatchRunTest, NewDirectoriesAreWatchedAndHiddenFilesAreNot) {
    Program& unit = watch_script({"src"});
    ASSERT_TRUE(await_lines("runs", 1));
    save("src/.run.sh.swp", "x");
    save("src/run.sh~", "x");
    std::filesystem::create_directories(path("src/.git"));
    save("src/.git/index", "x");
    std::filesystem::create_directories(path("src/a/b"));
    ASSERT_TRUE(await_lines("runs", 2)) << "a new directory is a change";
    ASSERT_TRUE(await_state("running"));
    save("src/a/b/deep", "x");
    ASSERT_TRUE(await_lines("runs", 3));
    end(unit);
    EXPECT_EQ(unit.error.find("swp"), std::string::npos) << unit.error;
    EXPECT_EQ(unit.error.find("~"), std::string::npos) << unit.error;
    EXPECT_EQ(unit.error.find(".git"), std::string::npos) << unit.error;
    expect_words(unit.error, path("src/a/b/deep") + " changed");
}

TEST_F(WatchRunTest, AfterAFailureItWaitsForAChange) {
    write("other", "");
    save("src/run.sh", "exit 3\n");
    Program& unit = watch({"src/run.sh", "other"}, {"--exec", "/bin/sh", path("src/run.sh")});
    ASSERT_TRUE(await_state("failed"));
    save("src/neighbour", "x"); // a file was named, not its directory
    save("src/run.sh", says("mended"));
    ASSERT_TRUE(await_lines("runs", 1));
    end(unit);
    expect_words(unit.error, "ended with code 3; waiting for a change");
    expect_words(unit.error, path("src/run.sh") + " changed; starting");
    EXPECT_EQ(unit.error.find("neighbour"), std::string::npos) << unit.error;
}

TEST_F(WatchRunTest, TheConfigurationIsWatchedToo) {
    configure("[service]\nexec-start = [\"/bin/sh\", \"-c\", 'echo one >>" + path("runs") +
              "; exec sleep 1000']\n");
    Program& unit = spawn_amphid({"run", "--watch", path("src"), config()});
    ASSERT_TRUE(await_lines("runs", 1));
    configure("[service]\nexec-strat = [\"/bin/true\"]\n");
    ASSERT_TRUE(await("the mistake to be reported",
                      [&] { return lines("runs").size() == 1 && state("state") != "running"; }));
    configure("[service]\nexec-start = [\"/bin/sh\", \"-c\", 'echo two >>" + path("runs") +
              "; exec sleep 1000']\n");
    ASSERT_TRUE(await_lines("runs", 2));
    end(unit);
}

// The service does not outlive its watcher.
TEST_F(WatchRunTest, AKilledWatcherTakesTheServiceWithIt) {
    Program& unit = watch_script({"src"});
    if (!await_lines("runs", 1)) {
        send_signal(unit.pid, SIGTERM);
        finish(unit);
        FAIL() << unit.error;
    }
    const pid_t launched = launcher();
    send_signal(unit.pid, SIGKILL);
    finish(unit);
    ASSERT_TRUE(await_gone(launched));
    expect_nobody_left();
}

TEST_F(WatchRunTest, ItsExitIsTheServices) {
    Program& unit = watch({"src"}, {"--exec", helper_binary(), "serve", "--exit-on", "TERM:7",
                                    "--append-text", path("runs"), "up"});
    ASSERT_TRUE(await_lines("runs", 1));
    send_signal(unit.pid, SIGTERM);
    EXPECT_EQ(finish(unit).code, 7) << unit.error;
}

TEST_F(WatchRunTest, APathThatIsNotThereIsAnError) {
    const Outcome outcome = amphid({"run", "--watch", path("nowhere"), "--exec", "/bin/true"});
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "cannot watch " + path("nowhere") + ": No such file or directory");
}

TEST_F(WatchRunTest, VariablesComeFromFiles) {
    write("first.env", "COLOUR=red\nSIZE='a b'\n");
    write("second.env", "# comment\nCOLOUR=blue\n");
    const Words run{"run",       "--set",      "launcher.name=" + name(), "--env-file",
                    "first.env", "--env-file", path("second.env"),        "--exec",
                    "/bin/sh",   "-c",         "echo \"$COLOUR $SIZE\""};
    const Outcome outcome = amphid(run);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_words(outcome.out, "blue a b\n");
    const Outcome missing = amphid({"run", "--env-file", "nowhere", "--exec", "/bin/true"});
    EXPECT_NE(missing.code, 0);
    expect_words(missing.err, path("nowhere"));
}

} // namespace amphid::test
