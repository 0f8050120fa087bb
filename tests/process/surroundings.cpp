// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Whatever the tests inherit from a shell, nohup, cron or a build daemon, the programs that they
// start inherit what a fresh login gives. Niceness, processors and the OOM score are not
// everybody's to lower again: a test that looks at them compares with its own.

#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace amphid::test {
namespace {

void reset_signals() {
    for (int number = 1; number < NSIG; ++number)
        ::signal(number, SIG_DFL); // refused for KILL, STOP and the C library's own
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void reset_descriptors() {
    for (int fd = 0; fd <= 2; ++fd)
        if (::fcntl(fd, F_GETFD) < 0)
            ::open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY); // the lowest number that is free
    ::syscall(SYS_close_range, 3U, ~0U, 0U);
}

void reset_limits() {
    rlimit limit{};
    ::getrlimit(RLIMIT_CORE, &limit);
    limit.rlim_cur = 0;
    ::setrlimit(RLIMIT_CORE, &limit);
    constexpr rlim_t usual = 1024;
    ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < usual && limit.rlim_max >= usual) {
        limit.rlim_cur = usual;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

class Surroundings : public ::testing::Environment {
    void SetUp() override {
        reset_signals();
        reset_descriptors();
        reset_limits();
    }
};

[[maybe_unused]] const auto* const surroundings =
    ::testing::AddGlobalTestEnvironment(new Surroundings);

} // namespace
} // namespace amphid::test
