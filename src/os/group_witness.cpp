// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/group_witness.h"

#include "os/os_error.h"
#include "os/process.h"

#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace amphid {

namespace {

/// Discards a pending signal on request.
[[noreturn]] void witness(int questions, int answers) {
    ::prctl(PR_SET_NAME, "amphid-witness");
    for (int fd = 0; fd <= 2; ++fd) {
        ::close(fd);
    }
    const pid_t self = ::getpid();
    ssize_t n = ::write(answers, &self, sizeof self);
    char signal = 0;
    while (n > 0 && ::read(questions, &signal, 1) == 1) {
        sigset_t only;
        ::sigemptyset(&only);
        ::sigaddset(&only, signal);
        constexpr timespec at_once{0, 0};
        while (::sigtimedwait(&only, nullptr, &at_once) > 0) {
        }
        n = ::write(answers, &signal, 1);
    }
    ::_exit(0);
}

} // namespace

GroupWitness::GroupWitness() {
    constexpr std::string_view what = "the helper process for group signals";
    int to[2];
    int from[2];
    checked(::pipe2(to, O_CLOEXEC), "cannot create a pipe for", what);
    const Fd their_questions(to[0]);
    questions_ = Fd(to[1]);
    checked(::pipe2(from, O_CLOEXEC), "cannot create a pipe for", what);
    answers_ = Fd(from[0]);
    const Fd their_answers(from[1]);
    const pid_t middle = checked(::fork(), "cannot fork", what);
    if (middle == 0) {
        if (::fork() == 0) { // not a child of ours, so it is not taken for a process of the service
            ::close(to[1]);
            ::close(from[0]);
            witness(to[0], from[1]);
        }
        ::_exit(0);
    }
    while (::waitpid(middle, nullptr, 0) < 0 && errno == EINTR) {
    }
    constexpr int patience_ms = 10'000; // of a machine that runs new processes late
    pollfd answer{answers_.get(), POLLIN, 0};
    if (::poll(&answer, 1, patience_ms) != 1 ||
        ::read(answers_.get(), &pid_, sizeof pid_) != sizeof pid_) {
        throw OsError("cannot start", what);
    }
}

bool GroupWitness::had(int signal) {
    if (!has_pending(pid_, signal)) {
        return false;
    }
    // It has nothing else to do, but may have to wait for its turn: an answer that came too late
    // must not be taken for the next one's.
    constexpr int patience_ms = 100;
    char byte = static_cast<char>(signal);
    if (::write(questions_.get(), &byte, 1) == 1) {
        ++unanswered_;
    }
    pollfd answer{answers_.get(), POLLIN, 0};
    while (unanswered_ > 0 && ::poll(&answer, 1, patience_ms) == 1 &&
           ::read(answers_.get(), &byte, 1) == 1) {
        --unanswered_;
    }
    return true;
}

} // namespace amphid
