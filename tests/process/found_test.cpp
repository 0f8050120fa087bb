// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Which service a word means: by its state, of another user, without XDG_RUNTIME_DIR, of nobody.

#include "fixture.h"
#include "helper/file.h"

#include <filesystem>
#include <fstream>
#include <pwd.h>
#include <unistd.h>

namespace amphid::test {

class FoundTest : public ProcessTest {
protected:
    static Launch plain_user() {
        return {.command = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}};
    }

    /// A plain user's launch with these places; run by root, it gives up its rights.
    Launch with_home() {
        Launch launch = ::getuid() == 0 ? plain_user() : Launch{};
        launch.environment = {{"XDG_RUNTIME_DIR", ""},
                              {"XDG_STATE_HOME", ""},
                              {"XDG_CONFIG_HOME", ""},
                              {"HOME", path("home")}};
        std::filesystem::create_directories(path("home/.config/amphid"));
        if (::getuid() == 0) {
            EXPECT_EQ(::chown(path("home").c_str(), 65534, 65534), 0);
        }
        return launch;
    }
};

// A name that was started by a path: its configuration is the one that the state names.
TEST_F(FoundTest, ByNameWithTheConfigurationOfTheState) {
    configure(service("notify", {"--exit-on", "TERM:0", "--notify"}) +
              hooks("exec-stop", {shell("echo stopped >" + path("stopped"))}) +
              "[unit]\ndescription = \"Started by a path\"\n");
    started();
    const Outcome said = amphid({"status", name()});
    EXPECT_EQ(said.code, 0) << said.err;
    expect_words(said.out, "Started by a path");
    expect_words(said.out, config());
    EXPECT_EQ(amphid({"stop", name()}).code, 0);
    EXPECT_TRUE(exists(path("stopped")));
}

// A service whose launcher was killed still stops with its own hooks.
TEST_F(FoundTest, OrphanByName) {
    configure(service("notify", {"--exit-on", "TERM:0", "--notify"}) +
              hooks("exec-stop", {shell("echo stopped >" + path("stopped"))}));
    const pid_t pid = started();
    const pid_t main = main_pid();
    send_signal(pid, SIGKILL);
    ASSERT_TRUE(await_gone(pid));
    const Outcome outcome = amphid({"stop", name()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err.find("without its exec-stop"), std::string::npos) << outcome.err;
    EXPECT_TRUE(exists(path("stopped")));
    EXPECT_TRUE(await_gone(main));
}

TEST_F(FoundTest, NameOfNoService) {
    const bool root = ::getuid() == 0;
    const Launch launch{
        .environment = {{"XDG_CONFIG_HOME", path("config")}, {"XDG_DATA_HOME", path("data")}}};
    const std::string places =
        root ? "/run/amphid, /etc/amphid, /usr/local/lib/amphid, /usr/lib/amphid"
             : path("config") + "/amphid, /etc/amphid/user, " + path("data") +
                   "/amphid, /usr/local/lib/amphid/user, /usr/lib/amphid/user";
    const std::string words = "amphid: no-such-service: no such service: there is no "
                              "no-such-service.toml in " +
                              places;
    for (const char* command : {"stop", "reload", "logs"}) {
        const Outcome outcome = amphid({command, "no-such-service"}, launch);
        EXPECT_EQ(outcome.code, 6) << command << outcome.out;
        EXPECT_EQ(outcome.err,
                  words + "; and it does not run in " + runtime_base() + "/no-such-service\n");
    }
    for (const char* command : {"start", "run", "restart", "cat", "explain", "unit", "check"}) {
        const Outcome outcome = amphid({command, "no-such-service"}, launch);
        EXPECT_EQ(outcome.code, 6) << command << outcome.out;
        EXPECT_EQ(outcome.err, words + "\n") << command;
    }
    const std::string place = root ? "/run/amphid" : path("config") + "/amphid";
    std::filesystem::create_directories(place);
    const std::string near = place + "/no-such-servise.toml";
    std::ofstream(near) << "";
    expect_words(amphid({"start", "no-such-service"}, launch).err,
                 words + "; did you mean 'no-such-servise'?\n");
    expect_words(amphid({"start", "no-such-service@a"}, launch).err,
                 "there is no no-such-service@a.toml or no-such-service@.toml in ");
    std::filesystem::remove(near);
    EXPECT_EQ(amphid({"status", "no-such-service"}).code, 4);
    EXPECT_EQ(amphid({"stop", path("none.toml")}).code, 6);
}

TEST_F(FoundTest, PlainUserSeesRootsServiceByName) {
    if (::getuid() != 0)
        GTEST_SKIP() << "needs a service of root";
    configure(service("notify", {"--notify"}));
    started();
    Launch user = with_home();
    user.environment["XDG_RUNTIME_DIR"] = path("xdg");
    const Outcome said = amphid({"status", name()}, user);
    EXPECT_EQ(said.code, 0) << said.out << said.err;
    expect_words(said.out, std::to_string(main_pid()));
    for (const char* command : {"stop", "reload"}) {
        const Outcome outcome = amphid({command, name()}, user);
        EXPECT_EQ(outcome.code, 4) << command << outcome.out << outcome.err;
    }
    stopped();
}

// cron, su, a machine without logind.
TEST_F(FoundTest, PlaceBelowTheHomeDirectory) {
    Launch user = with_home();
    configure(
        service("notify", {"--record", path("home/record"), "--exit-on", "TERM:0", "--notify"}));
    const Outcome outcome = amphid({"start", config()}, user);
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const std::string place = path("home/.local/state/amphid/run/" + name());
    EXPECT_TRUE(exists(place + "/pid"));
    EXPECT_EQ(amphid({"status", config()}, user).code, 0);
    // A login session looks for it there, too.
    Launch session = user;
    session.environment["XDG_RUNTIME_DIR"] = path("xdg");
    EXPECT_EQ(amphid({"status", config()}, session).code, 0);
    EXPECT_EQ(amphid({"stop", config()}, session).code, 0);
    EXPECT_FALSE(exists(place + "/pid"));
}

// As below systemd's user manager.
TEST_F(FoundTest, PlainUsersDaemonKnowsItsUser) {
    Launch user = with_home();
    configure(
        service("notify", {"--record", path("home/record"), "--exit-on", "TERM:0", "--notify"}));
    ASSERT_EQ(amphid({"start", config()}, user).code, 0);
    const Fields said = record("home/record");
    const uid_t uid = ::getuid() == 0 ? 65534 : ::getuid();
    const passwd* entry = ::getpwuid(uid);
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(said.at("env.USER"), entry->pw_name);
    EXPECT_EQ(said.at("env.LOGNAME"), entry->pw_name);
    EXPECT_EQ(said.at("env.HOME"), entry->pw_dir);
    EXPECT_EQ(amphid({"stop", config()}, user).code, 0);
}

} // namespace amphid::test
