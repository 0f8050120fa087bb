// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// A path is walked one component at a time, as the kernel would.

#include "os/path_walk.h"

#include "../supervisor/directory.h"

#include <cerrno>
#include <gtest/gtest.h>
#include <vector>

namespace amphid {
namespace {

class PathWalkTest : public ::testing::Test {
protected:
    /// The names below the test's directory that were judged, after it.
    Fd walk(const std::string& path, bool create = false) {
        seen.clear();
        return follow_path(directory.path + path, create, [this](const WayPart& part) {
            if (part.path.size() > directory.path.size()) {
                seen.push_back(part.path.substr(directory.path.size()));
            }
        });
    }
    void link(const std::string& target, const std::string& name) const {
        ASSERT_EQ(::symlinkat(target.c_str(), directory.fd.get(), name.c_str()), 0);
    }
    static bool is_same(const Fd& fd, const std::string& path) {
        struct stat one {};
        struct stat other {};
        return ::fstat(fd.get(), &one) == 0 && ::stat(path.c_str(), &other) == 0 &&
               one.st_dev == other.st_dev && one.st_ino == other.st_ino;
    }

    TestDirectory directory;
    std::vector<std::string> seen;
};

TEST_F(PathWalkTest, MakesWhatIsMissing) {
    EXPECT_FALSE(walk("/a/b"));
    EXPECT_EQ(errno, ENOENT);
    EXPECT_TRUE(is_same(walk("/a/b", true), directory.path + "/a/b"));
    EXPECT_EQ(seen, (std::vector<std::string>{"/a", "/a/b"}));
}

TEST_F(PathWalkTest, JudgesALinkAndItsTarget) {
    walk("/a/b", true);
    link("a", "relative");
    EXPECT_TRUE(is_same(walk("/relative/b"), directory.path + "/a/b"));
    EXPECT_EQ(seen, (std::vector<std::string>{"/relative", "/a", "/a/b"}));
    link(directory.path + "/a", "absolute");
    EXPECT_TRUE(is_same(walk("/absolute/b"), directory.path + "/a/b"));
    EXPECT_EQ(seen, (std::vector<std::string>{"/absolute", "/a", "/a/b"}));
}

TEST_F(PathWalkTest, LinksThatLeadNowhereEnd) {
    link("two", "one");
    link("one", "two");
    EXPECT_FALSE(walk("/one"));
    EXPECT_EQ(errno, ELOOP);
}

} // namespace
} // namespace amphid
