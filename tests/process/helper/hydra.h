// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// A service that does not want to end: heads that grow again when one is cut off, and a process
// that is never there for two looks.

#include "file.h"
#include "text.h"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <linux/futex.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid::test {

/// A ring of processes, each of which watches the next one and replaces it when it dies: a daemon
/// in a session of its own, deaf to every signal that can be ignored.
class Hydra {
public:
    Hydra(int heads, std::string file) : size_(heads), file_(std::move(file)) {
        void* memory = ::mmap(nullptr, sizeof(pid_t) * static_cast<std::size_t>(heads + 1),
                              PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        heads_ = static_cast<volatile pid_t*>(memory);
        for (int i = 0; i < size_; ++i)
            grow(i);
    }

private:
    /// Daemonizes the head; its PID is a line of the file.
    void grow(int index) {
        // Many lives, not endless ones: where the test itself fails, the machine must not.
        constexpr int most_lives = 10000;
        heads_[size_] = heads_[size_] + 1;
        if (heads_[size_] > most_lives)
            ::_exit(0);
        const pid_t first = ::fork();
        if (first == 0) {
            ::setsid();
            const pid_t second = ::fork();
            if (second == 0)
                live(index);
            put_head(index, second);
            ::_exit(0);
        }
        ::waitpid(first, nullptr, 0);
    }

    [[noreturn]] void live(int index) {
        put_head(index, ::getpid());
        for (const int number : {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2})
            ::signal(number, SIG_IGN);
        append_line(file_, std::to_string(::getpid()));
        for (;;) {
            await_end_of((index + 1) % size_);
            if (heads_[index] != ::getpid())
                ::_exit(0); // another one took our place: the ring keeps its size
            grow((index + 1) % size_);
        }
    }

    void put_head(int index, pid_t pid) const {
        heads_[index] = pid;
        ::syscall(SYS_futex, &heads_[index], FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
    }

    void await_end_of(int index) const {
        while (heads_[index] == 0) // the ring is not closed yet
            ::syscall(SYS_futex, &heads_[index], FUTEX_WAIT, 0, nullptr, nullptr, 0);
        const int head = static_cast<int>(::syscall(SYS_pidfd_open, heads_[index], 0));
        if (head < 0)
            return;
        pollfd end{head, POLLIN, 0};
        ::poll(&end, 1, -1);
        ::close(head);
    }

    int size_;
    std::string file_;
    volatile pid_t* heads_ = nullptr;
};

/// Forks its successor and ends, again and again; each lives for so many microseconds. Not for
/// ever: where nobody reaps, the machine must not run out of numbers.
inline void start_hopping(unsigned microseconds) {
    if (::fork() != 0)
        return;
    ::signal(SIGTERM, SIG_IGN);
    for (int hop = 0; hop < 10000; ++hop) {
        ::usleep(microseconds);
        if (::fork() != 0)
            ::_exit(0);
    }
}

} // namespace amphid::test
