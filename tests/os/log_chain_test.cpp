// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/log_chain.h"

#include "../supervisor/directory.h"
#include "plan/log_names.h"

#include <gtest/gtest.h>

#include <fcntl.h>

namespace amphid {
namespace {

constexpr TimeSpan moment{1'795'699'627'000'042};

class LogChainTest : public testing::Test {
protected:
    void write(const std::string& name) const {
        std::ofstream(directory.path + "/" + name) << name;
    }
    TestDirectory directory;
    Fd at = open_log_directory(directory.path);
};

TEST_F(LogChainTest, NamesSortAlthoughTheClockWasSetBack) {
    std::vector<std::string> names;
    for (const std::int64_t offset : {0, 0, -5'000'000, 7'000'000}) {
        write("web.log");
        names.push_back(rotate_log(at.get(), "web.log", {moment.usec + offset}));
    }
    EXPECT_EQ(older_logs(directory.path, "web.log"), names);
}

TEST_F(LogChainTest, TheOldestGoFirst) {
    std::vector<std::string> names;
    for (int i = 0; i < 5; ++i) {
        write("web.log");
        names.push_back(rotate_log(at.get(), "web.log", moment));
    }
    write("web.log.1");
    write("web.log");
    write(names[2] + ".zst"); // its launcher was killed before it removed the plain one
    remove_oldest_logs(at.get(), "web.log", 2);
    EXPECT_EQ(older_logs(directory.path, "web.log"),
              (std::vector<std::string>{names[3], names[4]}));
    EXPECT_EQ(directory.read(names[2] + ".zst"), "");
    EXPECT_EQ(directory.read("web.log.1"), "web.log.1");
    EXPECT_EQ(directory.read("web.log"), "web.log");
}

} // namespace
} // namespace amphid
