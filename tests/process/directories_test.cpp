// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The service's own directories, and the files that it finds its variables in.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

namespace fs = std::filesystem;

class DirectoriesTest : public ProcessTest {
protected:
    void SetUp() override {
        ProcessTest::SetUp();
        if (::geteuid() != 0)
            GTEST_SKIP() << "needs root";
        ASSERT_EQ(::chmod(path("").c_str(), 01777), 0);
    }

    void TearDown() override {
        for (const std::string& directory : made_)
            fs::remove_all(directory);
        ProcessTest::TearDown();
    }

    /// A name that no other test has, removed in the end below each of these places.
    std::string own_name() {
        for (const char* place : {"/run/", "/var/lib/", "/var/cache/", "/var/log/", "/etc/"})
            made_.push_back(place + directory());
        return directory();
    }
    std::string directory() const { return "amphid-test-" + name(); }
    void remove_in_the_end(const std::string& file) { made_.push_back(file); }

    void configure_with(const std::string& keys) {
        configure(service("notify", {"--record", path("record"), "--notify"}) + keys);
        ::unlink(path("record").c_str());
    }

    static std::string look(const std::string& path) {
        struct stat st {};
        if (::lstat(path.c_str(), &st) < 0)
            return "none";
        char text[64];
        std::snprintf(text, sizeof text, "%o %u:%u", st.st_mode, st.st_uid, st.st_gid);
        return text;
    }

private:
    std::vector<std::string> made_;
};

TEST_F(DirectoriesTest, EachKindWithModeOwnerAndVariable) {
    const std::string own = own_name();
    configure_with("user = \"daemon\"\ngroup = \"games\"\n"
                   "runtime-directory = [\"" +
                   own + "\", \"" + own +
                   "/sub/dir\"]\n"
                   "runtime-directory-mode = \"0710\"\n"
                   "state-directory = \"" +
                   own +
                   "\"\nstate-directory-mode = \"0700\"\n"
                   "cache-directory = \"" +
                   own + "\"\nlogs-directory = \"" + own +
                   "\"\n"
                   "configuration-directory = \"" +
                   own + "\"\n");
    started();
    Fields found = record("record");
    EXPECT_EQ(found["env.RUNTIME_DIRECTORY"], "/run/" + own + ":/run/" + own + "/sub/dir");
    EXPECT_EQ(found["env.STATE_DIRECTORY"], "/var/lib/" + own);
    EXPECT_EQ(found["env.CACHE_DIRECTORY"], "/var/cache/" + own);
    EXPECT_EQ(found["env.LOGS_DIRECTORY"], "/var/log/" + own);
    EXPECT_EQ(found["env.CONFIGURATION_DIRECTORY"], "/etc/" + own);
    EXPECT_EQ(look("/run/" + own), "40710 1:60");
    EXPECT_EQ(look("/run/" + own + "/sub"), "40755 0:0") << "parents are ours";
    EXPECT_EQ(look("/run/" + own + "/sub/dir"), "40710 1:60");
    EXPECT_EQ(look("/var/lib/" + own), "40700 1:60");
    EXPECT_EQ(look("/var/cache/" + own), "40755 1:60");
    EXPECT_EQ(look("/var/log/" + own), "40755 1:60");
    EXPECT_EQ(look("/etc/" + own), "40755 0:0") << "the configuration is not its user's";
    stopped();
    EXPECT_EQ(look("/run/" + own), "none");
    EXPECT_EQ(look("/var/lib/" + own), "40700 1:60");
}

TEST_F(DirectoriesTest, RuntimeDirectoryGoesWithAllThatIsInIt) {
    const std::string own = own_name();
    write("outside", "stays");
    configure_with("runtime-directory = \"" + own + "\"\n");
    started();
    fs::create_directories("/run/" + own + "/a/b/c");
    std::ofstream("/run/" + own + "/a/file") << "x";
    fs::create_symlink(path("outside"), "/run/" + own + "/link");
    fs::create_directory_symlink(path(""), "/run/" + own + "/a/out");
    stopped();
    EXPECT_EQ(look("/run/" + own), "none");
    EXPECT_EQ(read("outside"), "stays");
}

TEST_F(DirectoriesTest, Preserve) {
    const std::string own = own_name();
    configure_with("runtime-directory = \"" + own + "\"\nruntime-directory-preserve = \"yes\"\n");
    started();
    stopped();
    EXPECT_EQ(look("/run/" + own), "40755 0:0");
}

/// Over a restart of ours: gone and made again, or kept.
TEST_F(DirectoriesTest, PreserveOverRestarts) {
    const std::string own = own_name();
    for (const std::string preserve : {"no", "restart"}) {
        configure(service("notify", {"--append-text", path("starts"), "x", "--notify"}) +
                  "restart = \"always\"\nrestart-sec = 0\nruntime-directory = \"" + own +
                  "\"\nruntime-directory-preserve = \"" + preserve + "\"\n");
        started();
        std::ofstream("/run/" + own + "/mark") << "x";
        const pid_t first = main_pid();
        send_signal(first, SIGKILL);
        await("the restart", [&] { return runs_anew(first); });
        EXPECT_EQ(look("/run/" + own + "/mark") == "none", preserve == "no") << preserve;
        stopped();
        EXPECT_EQ(look("/run/" + own), "none") << preserve;
    }
}

// Where systemd restarts, an end of the service's own may be followed by a start.
TEST_F(DirectoriesTest, PreserveRestartHoldsOverSystemds) {
    const std::string own = own_name();
    configure(service("notify", {"--notify", "--await", path("go"), "--exit", "1"}) +
              "runtime-directory = \"" + own + "\"\nruntime-directory-preserve = \"restart\"\n");
    Program& first = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    std::ofstream("/run/" + own + "/mark") << "x";
    write("go", "");
    EXPECT_EQ(finish(first).code, 1);
    EXPECT_NE(look("/run/" + own + "/mark"), "none");
    fs::remove(path("go"));
    Program& second = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await("the second start", [&] { return count_messages("READY=1") == 2; }));
    EXPECT_NE(look("/run/" + own + "/mark"), "none");
    send_signal(second.pid, SIGTERM);
    finish(second);
    EXPECT_EQ(look("/run/" + own), "none") << "a stop that was asked for";
}

TEST_F(DirectoriesTest, PreserveRestartHoldsOverTheCommand) {
    const std::string own = own_name();
    configure_with("runtime-directory = \"" + own +
                   "\"\nruntime-directory-preserve = \"restart\"\n");
    started();
    std::ofstream("/run/" + own + "/mark") << "x";
    EXPECT_EQ(amphid({"restart", config()}).code, 0);
    EXPECT_NE(look("/run/" + own + "/mark"), "none") << "kept over `amphid restart`";
    stopped();
    EXPECT_FALSE(fs::exists("/run/" + own));
}

// What was somebody else's becomes the service's, with what is in it.
TEST_F(DirectoriesTest, OldContentIsTakenOver) {
    const std::string own = own_name();
    fs::create_directories("/var/lib/" + own + "/deep");
    std::ofstream("/var/lib/" + own + "/deep/file") << "x";
    const std::string outside = "/var/lib/" + own + ".outside"; // a hard link needs one file system
    remove_in_the_end(outside);
    std::ofstream(outside) << "x";
    fs::create_symlink(outside, "/var/lib/" + own + "/link");
    fs::create_hard_link(outside, "/var/lib/" + own + "/name");
    configure_with("user = \"daemon\"\nstate-directory = \"" + own + "\"\n");
    started();
    stopped();
    EXPECT_EQ(look("/var/lib/" + own + "/deep/file"), "100644 1:1");
    EXPECT_EQ(look(outside), "100644 0:0") << "neither by a link nor by a second name";
}

// As systemd hands it over after a change of user=.
TEST_F(DirectoriesTest, ThatOfAThirdUserIsHandedOver) {
    const std::string own = own_name();
    const std::string place = "/var/lib/" + own;
    fs::create_directories(place + "/deep");
    std::ofstream(place + "/deep/file") << "x";
    const std::string outside = place + ".outside";
    remove_in_the_end(outside);
    std::ofstream(outside) << "x";
    fs::create_symlink(outside, place + "/link");
    fs::create_hard_link(outside, place + "/name");
    for (const char* part : {"", "/deep", "/deep/file"})
        ASSERT_EQ(::chown((place + part).c_str(), 65534, 65534), 0);
    configure_with("user = \"daemon\"\nstate-directory = \"" + own + "\"\n");
    started();
    stopped();
    EXPECT_EQ(look(place), "40755 1:1");
    EXPECT_EQ(look(place + "/deep/file"), "100644 1:1");
    EXPECT_EQ(look(outside), "100644 0:0") << "neither by a link nor by a second name";
}

TEST_F(DirectoriesTest, LinkOfAnotherUserIsNotFollowed) {
    const std::string own = own_name();
    ASSERT_EQ(::mkdir(("/var/lib/" + own).c_str(), 0755), 0);
    ASSERT_EQ(::chown(("/var/lib/" + own).c_str(), 65534, 65534), 0);
    fs::create_symlink("/etc", "/var/lib/" + own + "/sub");
    ASSERT_EQ(::lchown(("/var/lib/" + own + "/sub").c_str(), 65534, 65534), 0);
    configure_with("user = \"daemon\"\nstate-directory = \"" + own + "/sub\"\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("STATE_DIRECTORY refusing to use /var/lib/" + own),
              std::string::npos)
        << outcome.err;
    EXPECT_EQ(look("/etc"), "40755 0:0");
}

TEST_F(DirectoriesTest, EnvironmentFiles) {
    write("one.env", "# comment\nA=one\nB=\"two words\"\nPLAIN=file\n");
    write("two.env", "A=two\n");
    configure_with("environment = [\"PLAIN=configured\", \"KEPT=1\"]\nenvironment-file = [" +
                   quoted(path("one.env")) + ", " + quoted("-" + path("none.env")) + ", " +
                   quoted(path("two.env")) + "]\nunset-environment = [\"KEPT=1\", \"LANG\"]\n");
    started();
    Fields found = record("record");
    EXPECT_EQ(found["env.A"], "two");
    EXPECT_EQ(found["env.B"], "two words");
    EXPECT_EQ(found["env.PLAIN"], "file");
    EXPECT_FALSE(found.contains("env.KEPT"));
    stopped();
}

// Read at each spawn, as systemd does.
TEST_F(DirectoriesTest, EnvironmentFileIsReadAgain) {
    write("web.env", "A=1\n");
    configure(service("notify", {"--record", path("record"), "--notify"}) +
              "restart = \"always\"\nrestart-sec = 0\nenvironment-file = " +
              quoted(path("web.env")) + "\n");
    started();
    EXPECT_EQ(record("record")["env.A"], "1");
    write("web.env", "A=2\n");
    send_signal(main_pid(), SIGKILL);
    await("the new value", [&] { return record("record")["env.A"] == "2"; });
    stopped();
}

TEST_F(DirectoriesTest, MissingEnvironmentFileFailsTheStart) {
    configure_with("environment-file = " + quoted(path("none.env")) + "\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("ENVIRONMENT " + path("none.env") + ": No such file"),
              std::string::npos)
        << outcome.err;
}

// "No such file" would be a lie, and "-" excuses only what is missing.
TEST_F(DirectoriesTest, EnvironmentFileThatIsTooLargeFailsTheStart) {
    write("big.env", "A=1\n" + std::string(1 << 20, '#') + "\n");
    for (const char* prefix : {"", "-"}) {
        configure_with("environment-file = " + quoted(prefix + path("big.env")) + "\n");
        const Outcome outcome = start();
        EXPECT_EQ(outcome.code, 1);
        expect_words(outcome.err, "ENVIRONMENT " + path("big.env") + ": File too large");
    }
}

// Run by root, what others could write is refused, with the component that they could write.
TEST_F(DirectoriesTest, RootTrustsOnlyItsOwnFiles) {
    ASSERT_EQ(::mkdir(path("open").c_str(), 0777), 0);
    ASSERT_EQ(::chmod(path("open").c_str(), 0777), 0);
    write("open/x.env", "A=1\n");
    fs::copy_file(helper_binary(), path("open/helper"));
    const std::string why = "'" + path("open") + "' is writable by others";
    configure_with("environment-file = " + quoted(path("open/x.env")) + "\n");
    Outcome outcome = start();
    EXPECT_EQ(outcome.code, 6);
    EXPECT_NE(outcome.err.find(why), std::string::npos) << outcome.err;

    configure("[service]\nexec-start = [" + quoted(path("open/helper")) + ", \"serve\"]\n");
    outcome = start();
    EXPECT_EQ(outcome.code, 6);
    EXPECT_NE(outcome.err.find(why), std::string::npos) << outcome.err;

    configure(service("notify", {"--notify"}) + "exec-start-pre = [" + quoted(path("open/helper")) +
              "]\n");
    outcome = start();
    EXPECT_EQ(outcome.code, 6);
    EXPECT_NE(outcome.err.find(why), std::string::npos) << outcome.err;

    write("open/web.toml", service("notify", {"--notify"}));
    outcome = amphid({"start", path("open/web.toml")});
    EXPECT_EQ(outcome.code, 6);
    EXPECT_NE(outcome.err.find(why), std::string::npos) << outcome.err;
}

// A user's are below the XDG directories.
TEST_F(DirectoriesTest, DirectoriesOfAPlainUser) {
    ASSERT_EQ(::chown(path("xdg").c_str(), 65534, 65534), 0);
    configure_with("runtime-directory = \"web\"\nstate-directory = \"web\"\n"
                   "logs-directory = \"web\"\ncache-directory = \"web\"\n"
                   "cache-directory-mode = \"0700\"\n");
    const Launch launch{.command = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"},
                        .environment = {{"XDG_RUNTIME_DIR", path("xdg")},
                                        {"XDG_STATE_HOME", path("xdg") + "/state"},
                                        {"HOME", path("xdg")}}};
    Outcome outcome = amphid({"start", config()}, launch);
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    Fields found = record("record");
    EXPECT_EQ(found["env.RUNTIME_DIRECTORY"], path("xdg/web"));
    EXPECT_EQ(found["env.STATE_DIRECTORY"], path("xdg/state/web"));
    EXPECT_EQ(found["env.LOGS_DIRECTORY"], path("xdg/state/log/web"));
    EXPECT_EQ(found["env.CACHE_DIRECTORY"], path("xdg/.cache/web"));
    EXPECT_EQ(look(path("xdg/.cache/web")), "40700 65534:65534");
    EXPECT_EQ(amphid({"stop", config()}, launch).code, 0);
    EXPECT_EQ(look(path("xdg/web")), "none");
    EXPECT_EQ(look(path("xdg/state/web")), "40755 65534:65534");
}

// Whoever called sudo could as well have changed the file as root.
TEST_F(DirectoriesTest, FilesOfWhoeverCalledSudo) {
    write("web.env", "A=1\n");
    ASSERT_EQ(::chown(path("web.env").c_str(), 65534, 65534), 0);
    configure_with("environment-file = " + quoted(path("web.env")) + "\n");
    EXPECT_EQ(start().code, 6);
    const Outcome outcome = amphid({"start", config()}, {.environment = {{"SUDO_UID", "65534"}}});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(record("record")["env.A"], "1");
    stopped();
}

// A link is as good as who could put it there.
TEST_F(DirectoriesTest, LinkOfAnotherUserIsNotTrusted) {
    fs::create_symlink(helper_binary(), path("link"));
    ASSERT_EQ(::lchown(path("link").c_str(), 65534, 65534), 0);
    configure("[service]\ntype = \"notify\"\nexec-start = [" + quoted(path("link")) +
              ", \"serve\", \"--notify\"]\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 6);
    EXPECT_NE(outcome.err.find("'" + path("link") + "' belongs to UID 65534"), std::string::npos)
        << outcome.err;
}

// Whom the program runs as may as well own it.
TEST_F(DirectoriesTest, ProgramOfTheServicesUser) {
    fs::copy_file(helper_binary(), path("own"));
    ASSERT_EQ(::chown(path("own").c_str(), 1, 1), 0);
    const std::string command = quoted(path("own")) + ", \"serve\", \"--notify\"]\n";
    configure("[service]\ntype = \"notify\"\nuser = \"daemon\"\nexec-start = [" + command);
    started();
    stopped();
    configure("[service]\ntype = \"notify\"\nexec-start = [" + command);
    EXPECT_EQ(start().code, 6);
}

// Nothing is created through a link in somebody else's directory.
TEST_F(DirectoriesTest, OutputIsNotLedAstray) {
    ASSERT_EQ(::mkdir(path("theirs").c_str(), 0755), 0);
    ASSERT_EQ(::chown(path("theirs").c_str(), 65534, 65534), 0);
    fs::create_symlink(path("victim"), path("theirs/log"));
    configure(service("notify", {"--stdout", "x", "--notify"}) +
              "standard-output = " + quoted("append:" + path("theirs/log")) + "\n");
    EXPECT_EQ(start().code, 1);
    EXPECT_EQ(look(path("victim")), "none");

    fs::create_symlink(path("fine"), path("ours"));
    configure(service("notify", {"--stdout", "x", "--notify"}) +
              "standard-output = " + quoted("append:" + path("ours")) + "\n");
    started();
    EXPECT_EQ(read("fine"), "x\n");
    stopped();
}

} // namespace amphid::test
