// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/streams.h"

#include "directory.h"

#include <csignal>
#include <string_view>

namespace amphid {
namespace {

class StreamsTest : public testing::Test {
protected:
    StreamsTest() {
        context.standard_output = {OutputKind::null, {}};
        context.standard_error = {OutputKind::automatic, {}};
    }
    void make() { streams.emplace(loop, context, Inherited{}, "web", log, ""); }
    /// Opens them; the descriptors that the process would get.
    std::array<int, 3> open() {
        const Spawned refused = streams->open(request, CommandList::exec_start, "web");
        EXPECT_EQ(refused.error, 0) << streams->object();
        return request.stdio;
    }
    static void say(int fd, std::string_view text) {
        ASSERT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }

    TestDirectory directory;
    ExecContext context;
    Loop loop;
    Log log{Log::Sink::syslog};
    SpawnRequest request;
    std::optional<Streams> streams;
};

TEST_F(StreamsTest, KeepTheLastWordsOfAnActivation) {
    make();
    say(open()[2], "cannot bind\n");
    EXPECT_EQ(streams->last_words(), "cannot bind\n");
    streams->begin_activation();
    EXPECT_EQ(streams->last_words(), "");
    EXPECT_NE(streams->stderr_inode(), 0U);
}

TEST_F(StreamsTest, ReadNoMoreOfAFloodThanTheirShare) {
    make();
    const int error = open()[2];
    say(error, std::string(60'000, 'x'));
    streams->begin();
    loop.run_once([] { return true; });
    say(error, std::string(16'000, 'y')); // there is room for a turn's share and no more
    EXPECT_TRUE(streams->last_words().ends_with('y'));
}

TEST_F(StreamsTest, TheWordsOfAFileAreWhatThisRunWrote) {
    context.standard_error = {OutputKind::append, directory.path + "/log"};
    std::ofstream(directory.path + "/log") << "of another run\n";
    make();
    say(open()[2], "of this run\n");
    EXPECT_EQ(streams->last_words(), "of this run\n");
    EXPECT_EQ(streams->stderr_inode(), 0U);
}

TEST_F(StreamsTest, WhereALineIsAwaitedTheyPassThroughUs) {
    context.standard_output = {OutputKind::append, directory.path + "/log"};
    std::vector<std::string> heard;
    make();
    streams->listen([&heard](const Line& line) { heard.emplace_back(line.text); });
    const auto stdio = open();
    streams->begin();
    say(stdio[1], "up and running\n");
    loop.run_once([] { return true; });
    EXPECT_EQ(heard, (std::vector<std::string>{"up and running"}));
    EXPECT_EQ(directory.read("log"), "up and running\n");
    EXPECT_NE(streams->pump_inodes()[0], 0U);
}

TEST_F(StreamsTest, ARefusalNamesStageAndFile) {
    context.standard_output = {OutputKind::append, directory.path + "/missing/log"};
    make();
    const Spawned refused = streams->open(request, CommandList::exec_start, "web");
    EXPECT_EQ(refused.stage, ExecStage::stdout_);
    EXPECT_EQ(refused.error, ENOENT);
    EXPECT_EQ(streams->object(), directory.path + "/missing/log");
}

} // namespace
} // namespace amphid
