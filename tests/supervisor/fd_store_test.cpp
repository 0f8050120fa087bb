// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/fd_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

namespace amphid {
namespace {

std::vector<Fd> one(Fd fd) {
    std::vector<Fd> out;
    out.push_back(std::move(fd));
    return out;
}

Fd open_null() {
    return Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

class FdStoreTest : public testing::Test {
protected:
    Loop loop;
    std::vector<std::size_t> closings; // how many descriptors each has closed
    Closer closer{loop, [this](std::vector<Fd> all) { closings.push_back(all.size()); },
                  [] { return seconds(1); }};
};

TEST_F(FdStoreTest, KeepsAsManyAsItMay) {
    FdStore store(2, closer);
    EXPECT_EQ(store.add(one(open_null()), "a", true), 0U);
    EXPECT_EQ(store.add(one(open_null()), "b", true), 0U);
    EXPECT_EQ(store.add(one(open_null()), "c", true), 1U);
    ASSERT_EQ(store.kept().size(), 2U);
    EXPECT_EQ(store.kept()[1].name, "b");
    store.remove("a");
    ASSERT_EQ(store.kept().size(), 1U);
    EXPECT_EQ(store.kept()[0].name, "b");
}

TEST_F(FdStoreTest, KeepsADescriptorOnce) {
    FdStore store(5, closer);
    Fd fd = open_null();
    EXPECT_EQ(store.add(one(Fd(::dup(fd.get()))), "a", true), 0U);
    EXPECT_EQ(store.add(one(Fd(::dup(fd.get()))), "b", true), 0U);
    EXPECT_EQ(store.kept().size(), 1U);
    EXPECT_NE(compare_descriptors(fd.get(), open_null().get()), 0);
}

std::size_t comparisons = 0;

int counted(int a, int b) {
    ++comparisons;
    return compare_descriptors(a, b);
}

// Each is compared with few of those that are there already: a binary search, and one comparison
// for what it has found.
TEST_F(FdStoreTest, ManyAreKeptWithFewComparisons) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlimit more{limit.rlim_max, limit.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &more);
    constexpr std::size_t reserved = 100;
    const std::size_t count = std::min<std::size_t>(1024, more.rlim_cur - reserved);
    const std::size_t each = std::bit_width(count) + 1;
    FdStore store(static_cast<unsigned>(count), closer, counted);
    comparisons = 0;
    for (std::size_t i = 0; i < count; ++i) {
        Fd fd(::eventfd(0, EFD_CLOEXEC)); // all of one inode
        EXPECT_EQ(store.add(one(Fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3))), "a", false), 0U);
        EXPECT_EQ(store.add(one(std::move(fd)), "again", false), 0U);
    }
    EXPECT_EQ(store.kept().size(), count);
    EXPECT_LE(comparisons, 2 * count * each);
    comparisons = 0;
    store.remove("a");
    EXPECT_TRUE(store.kept().empty());
    EXPECT_LE(comparisons, count * each);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

// What is kept already, and what finds no room, is closed in batches.
TEST_F(FdStoreTest, DuplicatesAreClosedInBatches) {
    FdStore store(1, closer);
    const Fd first(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const Fd second(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    store.add(one(Fd(::fcntl(first.get(), F_DUPFD_CLOEXEC, 3))), "a", false);
    for (std::size_t i = 0; i <= Closer::most_waiting; ++i) {
        EXPECT_EQ(store.add(one(Fd(::fcntl(first.get(), F_DUPFD_CLOEXEC, 3))), "a", false), 0U);
        EXPECT_EQ(store.add(one(Fd(::fcntl(second.get(), F_DUPFD_CLOEXEC, 3))), "b", false), 1U);
    }
    EXPECT_EQ(closings, (std::vector<std::size_t>{1, Closer::most_waiting + 1}));
}

TEST_F(FdStoreTest, RemovesWhatHangsUpUnlessToldOtherwise) {
    int watched[2];
    int unwatched[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, watched), 0);
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, unwatched), 0);
    FdStore store(5, closer);
    store.add(one(Fd(watched[0])), "watched", true);
    store.add(one(Fd(unwatched[0])), "unwatched", false);
    pollfd fd{store.fd(), POLLIN, 0};
    EXPECT_EQ(::poll(&fd, 1, 0), 0);
    ::close(watched[1]);
    ::close(unwatched[1]);
    EXPECT_EQ(::poll(&fd, 1, 5000), 1);
    store.forget_hung_up();
    ASSERT_EQ(store.kept().size(), 1U);
    EXPECT_EQ(store.kept()[0].name, "unwatched");
    EXPECT_EQ(::poll(&fd, 1, 0), 0) << "no busy loop";
}

} // namespace
} // namespace amphid
