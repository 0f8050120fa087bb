// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// What others may write, or replace because they may write in a directory above it, is not
// believed.

#include "fixture.h"
#include "helper/file.h"

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class SharedWayTest : public ProcessTest {
protected:
    void make_directory(const std::string& name, mode_t mode) {
        ASSERT_EQ(::mkdir(path(name).c_str(), 0700), 0);
        ASSERT_EQ(::chmod(path(name).c_str(), mode), 0);
    }

    /// A file of our own, with this mode and no other.
    std::string place(const std::string& name, std::string_view text, mode_t mode) {
        write(name, text);
        EXPECT_EQ(::chmod(path(name).c_str(), mode), 0);
        return path(name);
    }

    void expect_refused(const std::string& file, const std::string& component) {
        const Outcome outcome = amphid({"start", file});
        EXPECT_EQ(outcome.code, 6) << outcome.err;
        expect_words(outcome.err, "'" + path(component) + "' is writable by others");
        expect_nobody_left();
    }

    const std::string plain = service("notify", {"--notify"});
};

/// Only root is asked to be careful whom it trusts.
class RootSharedWayTest : public SharedWayTest {
protected:
    void SetUp() override {
        SharedWayTest::SetUp();
        if (::geteuid() != 0)
            GTEST_SKIP() << "needs root";
    }

    /// Each kind of file that root believes, in this directory and with this mode.
    void expect_all_refused(const std::string& folder, mode_t mode, bool by_folder) {
        const std::string in = folder.empty() ? "" : folder + "/";
        const auto blamed = [&](const std::string& file) { return by_folder ? folder : file; };
        expect_refused(place(in + "web.toml", plain, mode), blamed(in + "web.toml"));

        const std::string env = place(in + "web.env", "A=1\n", mode);
        configure(plain + "environment-file = " + quoted(env) + "\n");
        expect_refused(config(), blamed(in + "web.env"));

        const std::string program = place(in + "program", "#!/bin/sh\n", mode | 0111U);
        configure("[service]\nexec-start = [" + quoted(program) + "]\n");
        expect_refused(config(), blamed(in + "program"));
        configure(plain + "exec-stop-post = [" + quoted(program) + "]\n");
        expect_refused(config(), blamed(in + "program"));
    }
};

TEST_F(RootSharedWayTest, AFileThatItsGroupMayWrite) {
    expect_all_refused("", 0664, false);
}

TEST_F(RootSharedWayTest, AFileThatEverybodyMayWrite) {
    expect_all_refused("", 0646, false);
}

TEST_F(RootSharedWayTest, ADirectoryThatItsGroupMayWrite) {
    make_directory("shared", 0775);
    expect_all_refused("shared", 0644, true);
}

TEST_F(RootSharedWayTest, ADirectoryThatEverybodyMayWrite) {
    make_directory("shared", 0757);
    expect_all_refused("shared", 0644, true);
}

// Further up on the way it is as bad.
TEST_F(RootSharedWayTest, ADirectoryAboveThatEverybodyMayWrite) {
    make_directory("shared", 0777);
    make_directory("shared/own", 0755);
    expect_refused(place("shared/own/web.toml", plain, 0644), "shared");
}

// As in /tmp: nobody can replace what is another's.
TEST_F(RootSharedWayTest, AStickyDirectoryIsNoReason) {
    make_directory("shared", 01777);
    const std::string file = place("shared/" + name() + ".toml", plain, 0644);
    EXPECT_EQ(amphid({"start", file}).code, 0);
    EXPECT_EQ(amphid({"stop", file}).code, 0);
}

// What the launcher itself writes.

TEST_F(SharedWayTest, RuntimeDirectoryBelowOneThatEverybodyMayWrite) {
    make_directory("shared", 0777);
    configure(plain + "[launcher]\nruntime-directory = " + quoted(path("shared/own")) + "\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 6) << outcome.err;
    expect_words(outcome.err, "is world-writable");
    expect_words(outcome.err, path("shared"));
    EXPECT_FALSE(exists(path("shared/own")));
}

TEST_F(SharedWayTest, RuntimeDirectoryThatOthersMayWrite) {
    for (const mode_t mode : {0775U, 0757U, 01777U}) {
        make_directory("own", mode);
        configure(plain + "[launcher]\nruntime-directory = " + quoted(path("own")) + "\n");
        const Outcome outcome = start();
        EXPECT_EQ(outcome.code, 6) << outcome.err;
        expect_words(outcome.err, path("own"));
        EXPECT_TRUE(std::filesystem::is_empty(path("own"))) << mode;
        std::filesystem::remove(path("own"));
    }
}

TEST_F(SharedWayTest, PidFileBelowADirectoryThatEverybodyMayWrite) {
    make_directory("shared", 0777);
    for (const char* key : {"pid-file", "service-pid-file"}) {
        configure(plain + "[launcher]\n" + key + " = " + quoted(path("shared/web.pid")) + "\n");
        const Outcome outcome = start();
        EXPECT_EQ(outcome.code, 6) << outcome.err;
        expect_words(outcome.err, "is world-writable");
        EXPECT_TRUE(std::filesystem::is_empty(path("shared"))) << key;
        expect_nobody_left();
    }
}

} // namespace amphid::test
