// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log_entry.h"

#include "base/text.h"
#include "supervisor/log.h"
#include "supervisor/onlooker.h"

#include "directory.h"
#include "os/unix_address.h"

#include <gtest/gtest.h>

#include <set>
#include <sys/mman.h>
#include <sys/socket.h>
#include <syslog.h>

namespace amphid {
namespace {

TEST(LogEntry, OfADaemonNamesItsService) {
    Plan plan;
    plan.name = "web";
    EXPECT_EQ(journal_entry(log_owner(plan), "0123456789abcdef0123456789abcdef", LOG_ERR,
                            "web failed", Occasion::failed),
              "MESSAGE=web failed\nPRIORITY=3\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=amphid\n"
              "AMPHID_SERVICE=web\nINVOCATION_ID=0123456789abcdef0123456789abcdef\n"
              "MESSAGE_ID=bde5f80cb33c4a03b054de0446cd660a\n");
}

TEST(LogEntry, InAUnitItIsTheUnits) {
    Plan plan;
    plan.name = "web";
    plan.unit = "amphid@web.service";
    plan.manager = Manager::system;
    EXPECT_EQ(journal_entry(log_owner(plan), "", LOG_INFO, "text", Occasion::other),
              "MESSAGE=text\nPRIORITY=6\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=web\n"
              "AMPHID_SERVICE=web\nUNIT=amphid@web.service\n");
    plan.manager = Manager::user;
    EXPECT_EQ(journal_entry(log_owner(plan), "01", LOG_INFO, "text", Occasion::other),
              "MESSAGE=text\nPRIORITY=6\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=web\n"
              "AMPHID_SERVICE=web\nUSER_UNIT=amphid@web.service\nUSER_INVOCATION_ID=01\n");
}

TEST(LogEntry, EveryOccasionHasAnIdOfItsOwn) {
    std::set<std::string_view> ids;
    for (const OccasionRow& row : occasion_table) {
        const bool is_id = row.id.size() == 32 &&
                           row.id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
        EXPECT_TRUE(row.name == "other" ? row.id.empty() : is_id) << row.name;
        EXPECT_TRUE(ids.insert(row.id).second) << row.name;
    }
}

TEST(LogEntry, APersonSeesErrorsInColour) {
    EXPECT_EQ(line_for_person(LOG_ERR, "a\nb", false), "amphid: a\\x0ab\n");
    EXPECT_EQ(line_for_person(LOG_ERR, "bad", true), "amphid: \033[1;31mbad\033[0m\n");
    EXPECT_EQ(line_for_person(LOG_WARNING, "odd", true), "amphid: \033[1;33modd\033[0m\n");
    EXPECT_EQ(line_for_person(LOG_INFO, "fine", true), "amphid: fine\n");
}

TEST(Onlooker, SeesStepsWithTheirTimesAndWholeLines) {
    const Fd screen(::memfd_create("screen", MFD_CLOEXEC));
    Onlooker onlooker(Fd(::fcntl(screen.get(), F_DUPFD_CLOEXEC, 3)), seconds(5));
    onlooker.tell(TimeSpan{17'012'345}, "web: start");
    onlooker.hear("one\ntw");
    onlooker.hear("o\033\nthree");
    char text[200] = {};
    ASSERT_GT(::pread(screen.get(), text, sizeof text - 1, 0), 0);
    EXPECT_STREQ(text, "amphid: [ 12.012 s] web: start\n    one\n    two\\x1b\n");
}

/// journald's end of its socket.
class JournalSocketTest : public testing::Test {
protected:
    void listen() {
        server = Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        ::unlink(path.c_str());
        const UnixAddress address = unix_address(path);
        ASSERT_EQ(::bind(server.get(), address.get(), address.length), 0);
    }
    std::string receive() const {
        char text[1000];
        const ssize_t n = ::recv(server.get(), text, sizeof text, 0);
        return n < 0 ? "nothing" : std::string(text, static_cast<std::size_t>(n));
    }

    TestDirectory directory;
    std::string path = directory.path + "/socket";
    Fd server;
    JournalSocket socket{path};
};

TEST_F(JournalSocketTest, FindsJournaldWhenItComesAndComesBack) {
    EXPECT_EQ(socket.send("A=1\n"), JournalSocket::Answer::absent);
    listen();
    EXPECT_EQ(socket.send("A=2\n"), JournalSocket::Answer::taken);
    EXPECT_EQ(receive(), "A=2\n");
    server.reset();
    EXPECT_EQ(socket.send("A=3\n"), JournalSocket::Answer::absent);
    listen();
    EXPECT_EQ(socket.send("A=4\n"), JournalSocket::Answer::taken);
    EXPECT_EQ(receive(), "A=4\n");
}

TEST_F(JournalSocketTest, DoesNotWaitForOneThatDoesNotRead) {
    listen();
    int count = 0;
    while (count < 100'000 && socket.send("A=1\n") == JournalSocket::Answer::taken) {
        ++count;
    }
    EXPECT_GT(count, 0);
    EXPECT_EQ(socket.send("A=2\n"), JournalSocket::Answer::busy);
}

} // namespace
} // namespace amphid
