// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/nonblocking_writer.h"

#include "os/fd.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>

namespace amphid {
namespace {

/// Writes until nobody takes it; fails where that never comes.
std::size_t fill(NonblockingWriter& writer) {
    const std::string line(1000, 'x');
    for (std::size_t count = 0; count < 100'000; ++count) {
        if (!writer.write(line)) {
            EXPECT_EQ(errno, EAGAIN);
            return count;
        }
    }
    ADD_FAILURE() << "everything is taken";
    return 0;
}

TEST(NonblockingWriter, DoesNotWaitForAPipe) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const Fd reader(ends[0]);
    const Fd shared(ends[1]);
    NonblockingWriter writer(shared.get());
    EXPECT_GT(fill(writer), 10U);
    EXPECT_EQ(::fcntl(shared.get(), F_GETFL) & O_NONBLOCK, 0) << "others wait as before";
    std::string buffer(65536, '\0');
    ASSERT_GT(::read(reader.get(), buffer.data(), buffer.size()), 0);
    EXPECT_TRUE(writer.write("again\n"));
}

TEST(NonblockingWriter, DoesNotWaitForASocket) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const Fd reader(ends[0]);
    const Fd shared(ends[1]);
    NonblockingWriter writer(shared.get());
    EXPECT_GT(fill(writer), 10U);
}

TEST(NonblockingWriter, WritesToFilesWhereTheyAre) {
    const Fd file(::memfd_create("log", MFD_CLOEXEC));
    ASSERT_EQ(::write(file.get(), "1 ", 2), 2);
    NonblockingWriter writer(file.get());
    EXPECT_TRUE(writer.write("2"));
    char text[4] = {};
    ASSERT_EQ(::pread(file.get(), text, 3, 0), 3);
    EXPECT_STREQ(text, "1 2");
}

} // namespace
} // namespace amphid
