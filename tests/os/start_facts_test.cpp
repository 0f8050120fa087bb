// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The host's answers to the conditions of a start, as systemd.unit(5) words them.

#include "os/start_facts.h"

#include "../supervisor/directory.h"

#include <array>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {
namespace {

class StartFactsTest : public ::testing::Test {
protected:
    static bool holds(ConditionKind kind, const std::string& parameter) {
        const StartQuestion question{kind, parameter};
        return read_start_facts({question}).answers.at(question);
    }
    std::string path(const std::string& name) const { return directory.path + "/" + name; }
    std::string make_file(const std::string& name, const std::string& text, mode_t mode) const {
        std::ofstream(path(name)) << text;
        EXPECT_EQ(::chmod(path(name).c_str(), mode), 0);
        return path(name);
    }

    TestDirectory directory;
};

TEST_F(StartFactsTest, OfPaths) {
    using enum ConditionKind;
    const std::string empty = make_file("empty", "", 0644);
    const std::string full = make_file("full", "x", 0755);
    const std::string folder = path("folder");
    ASSERT_EQ(::mkdir(folder.c_str(), 0755), 0);
    ASSERT_EQ(::symlink("full", path("link").c_str()), 0);
    struct Row {
        ConditionKind kind;
        std::string yes;
        std::string no;
    };
    for (const auto& [kind, yes, no] :
         {Row{path_exists, empty, path("none")}, Row{path_exists_glob, path("e*y"), path("x*")},
          Row{path_is_directory, folder, full}, Row{path_is_symbolic_link, path("link"), full},
          Row{path_is_mount_point, "/proc", folder}, Row{path_is_read_write, folder, path("none")},
          Row{directory_not_empty, directory.path, folder}, Row{file_not_empty, full, empty},
          Row{file_is_executable, full, empty}, Row{file_is_executable, path("link"), folder}}) {
        EXPECT_TRUE(holds(kind, yes)) << yes;
        EXPECT_FALSE(holds(kind, no)) << no;
    }
}

// An update of /usr leaves a stamp behind when /etc or /var is brought up to date.
TEST_F(StartFactsTest, OfAnUpdate) {
    EXPECT_TRUE(holds(ConditionKind::needs_update, directory.path)) << "there is no stamp";
    EXPECT_FALSE(holds(ConditionKind::needs_update, path("none"))) << "nobody could write it";
    const std::string stamp = make_file(".updated", "", 0644);
    struct stat usr {};
    ASSERT_EQ(::stat("/usr", &usr), 0);
    for (const int age : {-1, 0, 1}) {
        timespec at = usr.st_mtim;
        at.tv_sec -= age;
        const std::array<timespec, 2> times{at, at};
        ASSERT_EQ(::utimensat(AT_FDCWD, stamp.c_str(), times.data(), 0), 0);
        EXPECT_EQ(holds(ConditionKind::needs_update, directory.path), age > 0) << age;
    }
}

TEST_F(StartFactsTest, OfWhoStartsIt) {
    using enum ConditionKind;
    EXPECT_TRUE(holds(user, std::to_string(::getuid())));
    EXPECT_FALSE(holds(user, std::to_string(::getuid() + 1)));
    EXPECT_FALSE(holds(user, "no-such-user"));
    EXPECT_EQ(holds(user, "root"), ::getuid() == 0);
    EXPECT_EQ(holds(user, "@system"), ::getuid() < 1000);
    EXPECT_TRUE(holds(group, std::to_string(::getgid())));
    EXPECT_FALSE(holds(group, "no-such-group"));
}

TEST_F(StartFactsTest, OfControlGroups) {
    using enum ConditionKind;
    EXPECT_NE(holds(control_group_controller, "v1"), holds(control_group_controller, "v2"));
    EXPECT_FALSE(holds(control_group_controller, "no-such-controller"));
    EXPECT_FALSE(holds(control_group_controller, "no-such-controller:another"));
    EXPECT_TRUE(holds(control_group_controller, ""));
}

TEST_F(StartFactsTest, OfTheMachine) {
    const StartFacts facts = read_start_facts({});
    EXPECT_FALSE(facts.machine.empty());
    EXPECT_FALSE(facts.kernel_release.empty());
    EXPECT_GE(facts.cpus, 1U);
    EXPECT_GT(facts.memory, 1U << 20);
}

} // namespace
} // namespace amphid
