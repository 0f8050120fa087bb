// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// `amphid restart`: a service is not stopped for a start that cannot be, and a file that was edited
// meanwhile still names the service that runs.

#include "adopt.h"

#include <filesystem>
#include <sys/stat.h>

namespace amphid::test {

class RestartCommandTest : public AdoptTest {
protected:
    Outcome restart(const Launch& launch = {}) { return amphid({"restart", config()}, launch); }

    /// With this file instead, a restart is refused and the service goes on as it was.
    void expect_refused(const std::string& toml, int code, const std::string& words) {
        const pid_t main = main_pid();
        configure(toml);
        const Outcome outcome = restart();
        EXPECT_EQ(outcome.code, code) << outcome.err;
        expect_words(outcome.err, words);
        EXPECT_TRUE(is_alive(main)) << "it was stopped for " << words;
        EXPECT_TRUE(is_alive(launcher()));
        EXPECT_EQ(main_pid(), main);
        EXPECT_EQ(alive("starts"), 1U);
    }

    std::string named(const std::string& key, const std::string& value) const {
        return "[launcher]\n" + key + " = " + quoted(value) + "\n" + plain();
    }
};

TEST_F(RestartCommandTest, WhatAStartRefusesIsRefusedBeforeTheStop) {
    configure(plain());
    started();
    expect_refused("[service]\nnonsense = 1\n", 6, "");
    expect_refused("[service]\nexec-start = \"/no/such/program\"\n", 5, "/no/such/program");
    expect_refused(plain() + "user = \"no-such-user\"\n", 6, "no-such-user");
    expect_refused("[launcher]\npid-file = " + quoted(path("none/pid")) + "\n" + plain(), 6,
                   path("none"));
    if (::getuid() == 0) {
        ASSERT_EQ(::mkdir(path("open").c_str(), 0777), 0);
        ASSERT_EQ(::chmod(path("open").c_str(), 0777), 0);
        write("open/hook", "#!/bin/sh\n", 0755);
        expect_refused(plain() + "exec-start-pre = [" + quoted(path("open/hook")) + "]\n", 6,
                       "is writable by others");
    }
    configure(plain());
    ASSERT_EQ(::chmod(runtime().c_str(), 0777), 0);
    expect_refused(plain(), 6, runtime());
    ASSERT_EQ(::chmod(runtime().c_str(), 0755), 0);
    EXPECT_EQ(restart().code, 0);
    EXPECT_EQ(alive("starts"), 1U);
    stopped();
}

// Either there are enough descriptors for the whole of it, or nothing happens.
TEST_F(RestartCommandTest, WithoutDescriptorsTheServiceGoesOn) {
    if (is_sanitized())
        GTEST_SKIP() << "a sanitizer needs descriptors to look at an object's type";
    configure(plain());
    started();
    bool refused = false;
    bool done = false;
    for (int limit = 5; limit < 44; limit += 3) {
        const pid_t before = main_pid();
        const Outcome outcome =
            restart({.command = {"prlimit", "--nofile=" + std::to_string(limit)}});
        EXPECT_EQ(alive("starts"), 1U) << "with " << limit << " descriptors: " << outcome.err;
        EXPECT_EQ(outcome.code == 0, main_pid() != before) << limit << outcome.err;
        refused = refused || outcome.code != 0;
        done = done || outcome.code == 0;
    }
    EXPECT_TRUE(refused && done) << "the limits of this test show nothing";
    stopped();
}

// A restart that ended the orphan itself must not wait for its own end.
TEST_F(RestartCommandTest, OfAnOrphanEndsWhateverItMeets) {
    for (const int limit : {12, 24, 32, 36}) {
        orphaned(plain());
        const Outcome outcome =
            restart({.command = {"prlimit", "--nofile=" + std::to_string(limit)}});
        EXPECT_TRUE(outcome.code == 0 || !outcome.err.empty()) << limit;
        EXPECT_NE(outcome.code, -1) << "it never came back";
        EXPECT_EQ(stop().code, 0);
        expect_nobody_left();
    }
}

TEST_F(RestartCommandTest, AnEditedNameMakesNoSecondCopy) {
    configure(plain());
    started();
    const pid_t before = main_pid();
    const std::string other = name() + "-new";
    const std::string place = runtime_base() + "/" + other;
    configure(named("name", other));
    expect_words(status().out, "Main PID: " + std::to_string(before));
    EXPECT_EQ(status().code, 0);
    const Outcome outcome = restart();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_FALSE(is_alive(before));
    EXPECT_EQ(alive("starts"), 1U);
    EXPECT_TRUE(exists(place + "/pid"));
    EXPECT_FALSE(exists(runtime("pid")));
    configure(plain());
    EXPECT_EQ(amphid({"stop", config()}).out, other + ": stopped\n");
    EXPECT_EQ(alive("starts"), 0U);
    std::filesystem::remove_all(place);
    expect_nobody_left();
}

TEST_F(RestartCommandTest, AnEditedRuntimeDirectoryMakesNoSecondCopy) {
    configure(named("runtime-directory", path("place")));
    EXPECT_EQ(start().code, 0);
    ASSERT_TRUE(exists(path("place/pid")));
    configure(plain());
    EXPECT_EQ(status().code, 0);
    const Outcome outcome = restart();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(alive("starts"), 1U);
    EXPECT_FALSE(exists(path("place/pid")));
    configure(named("runtime-directory", path("place")));
    EXPECT_EQ(amphid({"reload", config()}).code, 1) << "it knows no SIGHUP; it was asked";
    EXPECT_EQ(stop().out, name() + ": stopped\n");
    EXPECT_EQ(alive("starts"), 0U);
    expect_nobody_left();
}

// Nor does a start; it says which one runs.
TEST_F(RestartCommandTest, AStartOfAnEditedFileIsRefused) {
    configure(plain());
    started();
    const pid_t main = main_pid();
    const auto expect_refused_start = [&](const std::string& toml) {
        configure(toml);
        for (const char* verb : {"start", "run"}) {
            const Outcome outcome = amphid({verb, config()});
            EXPECT_EQ(outcome.code, 1) << verb << outcome.out;
            expect_words(outcome.err, "runs, as " + name() + " in " + runtime());
            expect_words(outcome.err, "main PID " + std::to_string(main));
        }
        EXPECT_EQ(alive("starts"), 1U);
    };
    expect_refused_start(named("name", name() + "-new"));
    expect_refused_start(named("runtime-directory", path("place")));
    kill_launcher(); // what it left is not to have a second copy either
    expect_refused_start(named("name", name() + "-new"));
    EXPECT_TRUE(is_alive(main));
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(alive("starts"), 0U);
    EXPECT_EQ(start().code, 0) << "nothing runs any more";
    EXPECT_EQ(stop().code, 0);
    std::filesystem::remove_all(runtime_base() + "/" + name() + "-new");
    expect_nobody_left();
}

TEST_F(RestartCommandTest, AStartIsRefusedWhereverItRuns) {
    configure(named("runtime-directory", path("place")));
    EXPECT_EQ(start().code, 0);
    configure(plain());
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1) << outcome.out;
    expect_words(outcome.err, "runs, as " + name() + " in " + path("place"));
    EXPECT_EQ(alive("starts"), 1U);
    EXPECT_EQ(stop().code, 0);
    expect_nobody_left();
}

// Nobody lives any more who could say by which file the service was started, and the file names
// another place.
TEST_F(RestartCommandTest, AnOrphanIsFoundWhereItsFileNoLongerSays) {
    const std::string place = path("place");
    for (const std::string& edited : {plain(), named("runtime-directory", path("other"))}) {
        configure(named("runtime-directory", place));
        ASSERT_EQ(start().code, 0);
        const pid_t main =
            std::stoi(parse_fields(read_file(place + "/state").value()).at("main.pid"));
        const pid_t pid = std::stoi(read_file(place + "/pid").value());
        send_signal(pid, SIGKILL);
        ASSERT_TRUE(await_gone(pid));
        configure(edited);
        for (const char* verb : {"start", "run"}) {
            const Outcome outcome = amphid({verb, config()});
            EXPECT_EQ(outcome.code, 1) << verb << outcome.out;
            expect_words(outcome.err, "runs, as " + name() + " in " + place);
            expect_words(outcome.err, "main PID " + std::to_string(main));
        }
        EXPECT_EQ(alive("starts"), 1U);
        EXPECT_EQ(stop().out, name() + ": stopped\n") << "it is found, too";
        EXPECT_EQ(alive("starts"), 0U);
        ASSERT_EQ(start().code, 0) << "nothing runs any more";
        EXPECT_EQ(stop().code, 0);
    }
    expect_nobody_left();
}

// Two instances of a template are two services of one file.
TEST_F(RestartCommandTest, AnotherInstanceIsAnotherService) {
    write(name() + "@.toml", plain());
    const auto file = [&](const std::string& instance) {
        const std::string link = path(name() + "@" + instance + ".toml");
        std::filesystem::create_symlink(name() + "@.toml", link);
        return link;
    };
    const std::string one = file("one");
    const std::string two = file("two");
    EXPECT_EQ(amphid({"start", one}).code, 0);
    expect_words(amphid({"stop", two}).out, name() + "@two: not running");
    EXPECT_EQ(alive("starts"), 1U);
    EXPECT_EQ(amphid({"start", two}).code, 0);
    EXPECT_EQ(alive("starts"), 2U);
    EXPECT_EQ(amphid({"stop", one}).code, 0);
    EXPECT_EQ(alive("starts"), 1U);
    EXPECT_EQ(amphid({"stop", two}).code, 0);
    for (const char* instance : {"@one", "@two"})
        std::filesystem::remove_all(runtime_base() + "/" + name() + instance);
    expect_nobody_left();
}

// Two files of one stem are two services.
TEST_F(RestartCommandTest, AnotherFileOfThatNameIsAnotherService) {
    configure(plain());
    started();
    const pid_t main = main_pid();
    ASSERT_EQ(::mkdir(path("other").c_str(), 0755), 0);
    const std::string other = write("other/" + name() + ".toml", plain());
    const std::string words = "the name " + name() + " is taken by " + config();
    Outcome outcome = amphid({"stop", other});
    EXPECT_EQ(outcome.code, 0);
    expect_words(outcome.out, name() + ": not running; " + words);
    outcome = amphid({"status", other});
    EXPECT_EQ(outcome.code, 3);
    expect_words(outcome.out, words);
    outcome = amphid({"reload", other});
    EXPECT_EQ(outcome.code, 7);
    for (const char* verb : {"restart", "start", "run"}) {
        outcome = amphid({verb, other});
        EXPECT_EQ(outcome.code, 1) << verb;
        expect_words(outcome.err, words);
    }
    EXPECT_TRUE(is_alive(main));
    EXPECT_EQ(amphid({"status", path("other/../") + name() + ".toml"}).code, 0);
    kill_launcher();
    for (const char* verb : {"start", "run"}) {
        outcome = amphid({verb, other});
        EXPECT_EQ(outcome.code, 1) << verb;
        expect_words(outcome.err, words);
    }
    expect_adopted(main);
    stopped();
}

} // namespace amphid::test
