// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/reading_child.h"

#include "os/os_error.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace amphid {

ReadingChild::ReadingChild(const std::vector<std::string>& argv, int input) {
    int ends[2];
    checked(::pipe2(ends, O_CLOEXEC), "cannot create", "a pipe");
    output_ = Fd(ends[0]);
    const Fd writer(ends[1]);
    std::vector<char*> arguments;
    for (const std::string& argument : argv) {
        arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    if (input < 0) {
        ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    } else {
        ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    }
    ::posix_spawn_file_actions_adddup2(&actions, writer.get(), STDOUT_FILENO);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t all;
    sigset_t none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    const int error =
        ::posix_spawnp(&pid_, arguments[0], &actions, &attributes, arguments.data(), ::environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        pid_ = -1;
        throw OsError("cannot execute", argv.front(), error);
    }
}

ReadingChild::~ReadingChild() {
    output_.reset();
    if (pid_ > 0) {
        ::kill(pid_, SIGTERM); // it may have nothing to write
        finish();
    }
}

int ReadingChild::finish() {
    output_.reset();
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace amphid
