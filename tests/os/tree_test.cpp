// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/tree.h"

#include <csignal>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid {
namespace {

pid_t start_child() {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::signal(SIGTERM, SIG_DFL);
        ::alarm(10); // nobody waits for it longer
        for (;;) {
            ::pause();
        }
    }
    return pid;
}

/// The signal that it died of: SIGALRM if it got none.
int cause_of_death(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

// A machine with no time for us is no reason to leave somebody out, or the stop would wait for its
// timeout: those who are there get the signal, and those who were born during the walk.
TEST(Tree, EverybodyGetsTheSignalHoweverLongItTakes) {
    const pid_t first = start_child();
    pid_t second = 0;
    Tree tree;
    tree.signal(
        {SIGTERM},
        [&](int) {
            second = second == 0 ? start_child() : second;
            return false;
        },
        TimeSpan{});
    EXPECT_EQ(cause_of_death(first), SIGTERM);
    EXPECT_EQ(cause_of_death(second), SIGTERM);
}

} // namespace
} // namespace amphid
