// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/fd_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
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

TEST(FdStore, KeepsAsManyAsItMay) {
    FdStore store(2);
    EXPECT_EQ(store.add(one(open_null()), "a", true), 0U);
    EXPECT_EQ(store.add(one(open_null()), "b", true), 0U);
    EXPECT_EQ(store.add(one(open_null()), "c", true), 1U);
    ASSERT_EQ(store.kept().size(), 2U);
    EXPECT_EQ(store.kept()[1].name, "b");
    store.remove("a");
    ASSERT_EQ(store.kept().size(), 1U);
    EXPECT_EQ(store.kept()[0].name, "b");
}

TEST(FdStore, KeepsADescriptorOnce) {
    FdStore store(5);
    Fd fd = open_null();
    EXPECT_EQ(store.add(one(Fd(::dup(fd.get()))), "a", true), 0U);
    EXPECT_EQ(store.add(one(Fd(::dup(fd.get()))), "b", true), 0U);
    EXPECT_EQ(store.kept().size(), 1U);
    EXPECT_NE(compare_descriptors(fd.get(), open_null().get()), 0);
}

// Each is compared with few of those that are there already.
TEST(FdStore, ManyAreKeptInTime) {
    constexpr rlim_t many = 4000;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlimit more{std::min<rlim_t>(limit.rlim_max, 2 * many + 100), limit.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &more);
    const std::size_t count = std::min<std::size_t>(many, (more.rlim_cur - 100) / 2);
    const auto cpu_seconds = [] {
        timespec spent{};
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
        return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
    };
    const double before = cpu_seconds();
    {
        FdStore store(many);
        for (std::size_t i = 0; i < count; ++i) {
            Fd fd(::eventfd(0, EFD_CLOEXEC)); // all of one inode
            EXPECT_EQ(store.add(one(Fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3))), "a", false), 0U);
            EXPECT_EQ(store.add(one(std::move(fd)), "again", false), 0U);
        }
        EXPECT_EQ(store.kept().size(), count);
        store.remove("a");
        EXPECT_TRUE(store.kept().empty());
    }
    EXPECT_LT(cpu_seconds() - before, 4.0) << count << " descriptors";
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

TEST(FdStore, RemovesWhatHangsUpUnlessToldOtherwise) {
    int watched[2];
    int unwatched[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, watched), 0);
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, unwatched), 0);
    FdStore store(5);
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
