// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/close_elsewhere.h"

#include "os/fd.h"
#include "os/process.h"
#include "os/tree.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace amphid {

namespace {

/// Children that look like closers whose close(2) blocks.
class BlockedClosers {
public:
    explicit BlockedClosers(std::size_t count) {
        while (pids_.size() < count) {
            const long pid = ::syscall(SYS_clone, 0, nullptr, nullptr, nullptr, nullptr);
            if (pid == 0) {
                ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
                for (;;) {
                    ::pause();
                }
            }
            if (pid < 0) {
                return;
            }
            pids_.push_back(static_cast<pid_t>(pid));
        }
    }
    ~BlockedClosers() {
        for (const pid_t pid : pids_) {
            ::kill(pid, SIGKILL);
            ::waitpid(pid, nullptr, __WCLONE);
        }
    }
    std::size_t size() const { return pids_.size(); }

private:
    std::vector<pid_t> pids_;
};

std::size_t count_of_closers() {
    std::size_t out = 0;
    for (const int child : children_of(::getpid())) {
        const auto stat = read_stat(child);
        out += stat && is_closer(stat->exit_signal) ? 1 : 0;
    }
    return out;
}

std::vector<Fd> a_socket() {
    std::vector<Fd> out;
    out.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return out;
}

} // namespace

// However many files are sent whose server never answers.
TEST(CloseElsewhere, NoMoreThan64ProcessesWaitForIt) {
    constexpr std::size_t most = 64;
    const BlockedClosers blocked(most);
    ASSERT_EQ(blocked.size(), most);
    std::vector<Fd> socket = a_socket();
    const int fd = socket.front().get();
    close_elsewhere(std::move(socket));
    EXPECT_EQ(count_of_closers(), most) << "it has got a process";
    EXPECT_EQ(::fcntl(fd, F_GETFD), -1) << "it is not closed";
    EXPECT_EQ(errno, EBADF);
}

// Below that it has: a closer is a child that nobody is told of.
TEST(CloseElsewhere, OneMoreProcessClosesOneMore) {
    const BlockedClosers blocked(3);
    close_elsewhere(a_socket());
    EXPECT_EQ(count_of_closers(), blocked.size() + 1);
    while (::waitpid(-1, nullptr, __WCLONE) < 0 && errno == EINTR) {
    }
}

} // namespace amphid
