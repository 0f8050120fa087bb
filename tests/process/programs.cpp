// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The part of the fixture that starts programs and listens to what they do.

#include "fixture.h"
#include "helper/file.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid::test {

namespace {

/// Conditions without an event of their own (a state in /proc) are looked at this often.
constexpr int tick_milliseconds = 10;

void drain_descriptor(int fd) {
    char bytes[4096];
    while (::read(fd, bytes, sizeof bytes) > 0) {
    }
}

/// Reads what is there; closes our end when nobody can write any more.
void drain(int& fd, std::string& text) {
    char part[8192];
    while (fd >= 0) {
        const ssize_t got = ::read(fd, part, sizeof part);
        if (got > 0) {
            text.append(part, static_cast<std::size_t>(got));
        } else if (got < 0 && errno == EAGAIN) {
            return;
        } else {
            ::close(fd);
            fd = -1;
        }
    }
}

/// The slave of the terminal becomes the controlling terminal and 0-2.
void take_terminal(int master) {
    char name[64];
    ::ptsname_r(master, name, sizeof name);
    ::setsid();
    const int slave = ::open(name, O_RDWR | O_CLOEXEC);
    ::ioctl(slave, TIOCSCTTY, 0);
    for (int fd = 0; fd <= 2; ++fd)
        ::dup2(slave, fd);
}

} // namespace

std::string ProcessTest::amphid_binary() {
    const char* other = std::getenv("AMPHID");
    return other != nullptr ? other : AMPHID_BINARY;
}

std::string ProcessTest::helper_binary() {
    return AMPHID_HELPER;
}

void ProcessTest::set_environment(const Launch& launch) const {
    std::string kept[3];
    const char* names[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"};
    for (int i = 0; i < 3; ++i)
        if (const char* value = std::getenv(names[i]); value != nullptr)
            kept[i] = value;
    ::clearenv();
    for (int i = 0; i < 3; ++i)
        if (!kept[i].empty())
            ::setenv(names[i], kept[i].c_str(), 1);
    ::setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    ::setenv("LANG", "C.UTF-8", 1);
    ::setenv("HOME", folder_.c_str(), 1);
    if (::getuid() != 0)
        ::setenv("XDG_RUNTIME_DIR", path("xdg").c_str(), 1);
    if (launch.by_systemd) {
        ::setenv("NOTIFY_SOCKET", path("manager").c_str(), 1);
        ::setenv("INVOCATION_ID", "00112233445566778899aabbccddeeff", 1);
        ::setenv("SYSTEMD_EXEC_PID", std::to_string(::getpid()).c_str(), 1);
    }
    for (const auto& [name, value] : launch.environment) {
        if (value.empty())
            ::unsetenv(name.c_str());
        else
            ::setenv(name.c_str(), value.c_str(), 1);
    }
}

void ProcessTest::become(const Launch& launch, int out, int err) const {
    if (launch.on_terminal) {
        take_terminal(out);
    } else {
        const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        ::dup2(null, 0);
        ::dup2(out, 1);
        ::dup2(err, 2);
    }
    if (launch.own_group)
        ::setpgid(0, 0);
    for (const int fd : launch.closed)
        ::close(fd);
    set_environment(launch);
    ::umask(launch.umask);
    const std::string folder = launch.working_folder.empty() ? folder_ : launch.working_folder;
    if (::chdir(folder.c_str()) < 0)
        ::_exit(98);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    std::vector<char*> argv;
    for (const std::string& word : launch.command)
        argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
    ::_exit(97);
}

Program& ProcessTest::spawn(const Launch& launch) {
    auto program = std::make_unique<Program>();
    int out[2] = {-1, -1};
    int err[2] = {-1, -1};
    if (launch.on_terminal) {
        out[0] = out[1] = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        ::unlockpt(out[0]);
    } else {
        for (auto* pair : {&out, &err})
            EXPECT_EQ(launch.on_sockets
                          ? ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, *pair)
                          : ::pipe2(*pair, O_CLOEXEC),
                      0);
    }
    program->pid = ::fork();
    EXPECT_GE(program->pid, 0) << "no process to be had for " << launch.command[0];
    if (program->pid == 0)
        become(launch, out[1], err[1]);
    program->out = out[0];
    program->err = err[0];
    for (const int end : {out[0], err[0]})
        if (end >= 0)
            ::fcntl(end, F_SETFL, O_NONBLOCK | O_RDWR);
    if (!launch.on_terminal) {
        ::close(out[1]);
        ::close(err[1]);
    }
    programs_.push_back(std::move(program));
    return *programs_.back();
}

Program& ProcessTest::spawn_amphid(const Words& words, Launch launch) {
    launch.command.push_back(amphid_binary());
    launch.command.insert(launch.command.end(), words.begin(), words.end());
    return spawn(launch);
}

Outcome ProcessTest::run(const Launch& launch) {
    return finish(spawn(launch));
}

Outcome ProcessTest::amphid(const Words& words, Launch launch) {
    return finish(spawn_amphid(words, std::move(launch)));
}

Outcome ProcessTest::finish(Program& program) {
    await("the end of " + command_line_of(program.pid), [&] { return program.status.has_value(); });
    drain(program.out, program.text);
    drain(program.err, program.error);
    Outcome outcome;
    outcome.out = program.text;
    outcome.err = program.error;
    outcome.pipes_closed = program.out < 0 && program.err < 0;
    if (program.status && WIFEXITED(*program.status))
        outcome.code = WEXITSTATUS(*program.status);
    else if (program.status)
        outcome.signal = WTERMSIG(*program.status);
    return outcome;
}

void ProcessTest::send_signal(pid_t pid, int number) {
    ASSERT_GT(pid, 1) << "there is no process for signal " << number;
    EXPECT_EQ(::kill(pid, number), 0) << "signal " << number << " to " << pid;
}

void ProcessTest::reap() {
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        ended_[pid] = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        for (const auto& program : programs_)
            if (program->pid == pid && !program->status)
                program->status = status;
    }
}

std::optional<int> ProcessTest::end_of(pid_t pid) const {
    const auto found = ended_.find(pid);
    return found == ended_.end() ? std::nullopt : std::optional(found->second);
}

bool ProcessTest::take_no_descriptors() const {
    constexpr int so_passrights = 83; // older headers lack it
    const int off = 0;
    return ::setsockopt(manager_, SOL_SOCKET, so_passrights, &off, sizeof off) == 0;
}

void ProcessTest::take_messages() {
    while (const auto message = receive_notify(manager_))
        messages_.push_back(*message);
}

void ProcessTest::watch_files() const {
    const std::string base = runtime_base();
    for (const std::string& folder : {folder_, parent_of(base), base, runtime()})
        ::inotify_add_watch(changes_, folder.c_str(),
                            IN_CREATE | IN_MOVED_TO | IN_MODIFY | IN_DELETE | IN_ATTRIB);
}

void ProcessTest::wait_for_event() {
    std::vector<pollfd> ready{
        {child_signal_, POLLIN, 0}, {changes_, POLLIN, 0}, {manager_, POLLIN, 0}};
    for (const auto& program : programs_)
        for (const int end : {program->out, program->err})
            if (end >= 0)
                ready.push_back({end, POLLIN, 0});
    ::poll(ready.data(), ready.size(), tick_milliseconds);
    drain_descriptor(child_signal_);
    drain_descriptor(changes_);
    take_messages();
    reap();
    for (const auto& program : programs_) {
        drain(program->out, program->text);
        drain(program->err, program->error);
    }
}

} // namespace amphid::test
