// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "process.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid {

namespace {

constexpr std::int64_t patience_ns = 10'000'000'000;

sigset_t ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (const std::string& text : texts) {
        result.push_back(const_cast<char*>(text.c_str()));
    }
    result.push_back(nullptr);
    return result;
}

Handle open_process(pid_t pid, const std::string& what) {
    const long fd = syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0) {
        refuse(what + ": pidfd of " + std::to_string(pid));
    }
    return Handle(static_cast<int>(fd));
}

// Children of this process, zombies too.
std::vector<pid_t> children() {
    std::ifstream file("/proc/thread-self/children");
    std::vector<pid_t> result;
    for (pid_t pid = 0; file >> pid;) {
        result.push_back(pid);
    }
    return result;
}

} // namespace

void refuse(const std::string& action) {
    throw BenchError(action + ": " + std::strerror(errno));
}

Handle::Handle(Handle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Handle& Handle::operator=(Handle&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

Handle::~Handle() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

std::int64_t monotonic_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

Household::Household() {
    const sigset_t set = ending_signals();
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0 ||
        sigprocmask(SIG_BLOCK, &set, nullptr) != 0) {
        refuse("prepare the household");
    }
    signals_ = Handle(signalfd(-1, &set, SFD_CLOEXEC));
}

// Killing one generation hands the next one to us, until nobody is left.
Household::~Household() {
    for (std::vector<pid_t> left = children(); !left.empty(); left = children()) {
        for (const pid_t pid : left) {
            kill(pid, SIGKILL);
        }
        for (const pid_t pid : left) {
            waitpid(pid, nullptr, 0);
        }
    }
}

pid_t Household::spawn(const std::vector<std::string>& argv,
                       const std::vector<std::string>& environment) const {
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    pid_t pid = 0;
    errno = posix_spawn(&pid, argv.front().c_str(), &actions, &attributes, pointers(argv).data(),
                        pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (errno != 0) {
        refuse("start " + argv.front());
    }
    return pid;
}

void Household::await_readable(int fd, std::int64_t deadline_ns, const std::string& what) const {
    pollfd fds[2] = {{signals_.get(), POLLIN, 0}, {fd, POLLIN, 0}};
    for (;;) {
        const std::int64_t left = deadline_ns - monotonic_ns();
        const timespec timeout{left > 0 ? left / 1'000'000'000 : 0,
                               left > 0 ? left % 1'000'000'000 : 0};
        const int ready = ppoll(fds, 2, &timeout, nullptr);
        if (ready < 0 && errno != EINTR) {
            refuse("wait for " + what);
        }
        if (fds[0].revents != 0) {
            throw BenchError("interrupted");
        }
        if (ready > 0) {
            return;
        }
        if (ready == 0) {
            throw BenchError("waited in vain for " + what);
        }
    }
}

std::int64_t Household::await_end(pid_t pid, int& status, const std::string& what) const {
    const Handle process = open_process(pid, what);
    await_readable(process.get(), monotonic_ns() + patience_ns, what);
    const std::int64_t seen = monotonic_ns();
    if (waitpid(pid, &status, 0) != pid) {
        refuse(what + ": waitpid");
    }
    return seen;
}

Stamp Household::await_stamp(const Handle& fifo, const std::string& what) const {
    await_readable(fifo.get(), monotonic_ns() + patience_ns, what + ": main() of the service");
    Stamp stamp{};
    if (read(fifo.get(), &stamp, sizeof stamp) != ssize_t{sizeof stamp}) {
        refuse(what + ": read a stamp");
    }
    return stamp;
}

void Household::await_time(std::int64_t when_ns) const {
    while (monotonic_ns() < when_ns) {
        const std::int64_t left = when_ns - monotonic_ns();
        pollfd fd{signals_.get(), POLLIN, 0};
        const timespec timeout{left / 1'000'000'000, left % 1'000'000'000};
        if (left > 0 && ppoll(&fd, 1, &timeout, nullptr) > 0) {
            throw BenchError("interrupted");
        }
    }
}

void Household::end(pid_t pid, int signal, const std::string& what) const {
    const Handle process = open_process(pid, what);
    if (kill(pid, signal) != 0) {
        refuse(what + ": end " + std::to_string(pid));
    }
    await_readable(process.get(), monotonic_ns() + patience_ns,
                   what + ": its end after signal " + std::to_string(signal));
    if (waitpid(pid, nullptr, 0) != pid) {
        refuse(what + ": waitpid");
    }
}

void Household::reap_strays() const {
    while (waitpid(-1, nullptr, WNOHANG) > 0) {
    }
}

std::string output_of(const std::vector<std::string>& argv) {
    std::string command;
    for (const std::string& word : argv) {
        command += "'" + word + "' ";
    }
    command += "2>/dev/null";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "re"), pclose);
    std::string text;
    char buffer[512];
    for (std::size_t n = 0; pipe && (n = fread(buffer, 1, sizeof buffer, pipe.get())) > 0;) {
        text.append(buffer, n);
    }
    return text;
}

} // namespace amphid
