// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The one static program of the process tests: it plays every kind of service, and the programs
// that a service may be started by. Each is a subcommand.

#include "acts.h"
#include "fuse.h"
#include "guard.h"
#include "journal.h"
#include "serve.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

namespace {

using amphid::test::Words;

std::vector<int> numbers_of(const std::string& signals) {
    std::vector<int> numbers;
    for (std::size_t at = 0; at <= signals.size();) {
        const std::size_t end = std::min(signals.find(',', at), signals.size());
        numbers.push_back(amphid::test::signal_number(signals.substr(at, end - at)));
        at = end + 1;
    }
    return numbers;
}

/// Starts the command with these signals ignored, as nohup, cron or `trap ''` do.
int ignore_and_execute(const std::string& signals, const Words& command) {
    for (const int number : numbers_of(signals))
        ::signal(number, SIG_IGN);
    amphid::test::execute(command);
}

/// Starts the command with these signals blocked, as a careless parent does.
int block_and_execute(const std::string& signals, const Words& command) {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : numbers_of(signals))
        ::sigaddset(&set, number);
    ::sigprocmask(SIG_SETMASK, &set, nullptr);
    amphid::test::execute(command);
}

/// Starts the command with its parent as its tracer.
int trace_and_execute(const Words& command) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    amphid::test::execute(command);
}

/// Holds a process as a debugger does, from when there is the file `ready` until we are killed.
int hold(pid_t pid, const std::string& ready) {
    int status = 0;
    if (::ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) < 0 ||
        ::ptrace(PTRACE_INTERRUPT, pid, nullptr, nullptr) < 0 ||
        ::waitpid(pid, &status, __WALL) != pid)
        return 98;
    amphid::test::append_line(ready, "held");
    ::pause();
    return 0;
}

int number_of_call(const std::string& name) {
    static const std::pair<const char*, int> known[] = {
        {"pidfd_open", SYS_pidfd_open},
        {"pidfd_send_signal", SYS_pidfd_send_signal},
        {"pidfd_getfd", SYS_pidfd_getfd},
        {"openat2", 437},
        {"faccessat", SYS_faccessat},
        {"faccessat2", 439},
        {"inotify_init1", SYS_inotify_init1},
        {"clone3", SYS_clone3},
        {"epoll_create1", SYS_epoll_create1},
        {"timerfd_create", SYS_timerfd_create},
        {"seccomp", SYS_seccomp},
        {"waitid", SYS_waitid},
        {"clone", SYS_clone},
#ifdef SYS_fork
        {"fork", SYS_fork},
        {"vfork", SYS_vfork},
#endif
#ifdef SYS_access
        {"access", SYS_access},
#endif
    };
    for (const auto& [word, number] : known)
        if (word == name)
            return number;
    return -1;
}

/// Starts the command in a sandbox that answers these system calls with that errno.
int deny_and_execute(const std::string& calls, int error, const Words& command) {
    std::vector<sock_filter> program{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    for (std::size_t at = 0; at <= calls.size();) {
        const std::size_t end = std::min(calls.find(',', at), calls.size());
        const auto number = static_cast<std::uint32_t>(number_of_call(calls.substr(at, end - at)));
        program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
        program.push_back(
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error)));
        at = end + 1;
    }
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog all{static_cast<unsigned short>(program.size()), program.data()};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all) < 0)
        return 98;
    amphid::test::execute(command);
}

/// Sends a signal with a value again and again, until the process is gone.
int flood_with_signal(pid_t pid, int number) {
    while (::sigqueue(pid, number, {}) == 0 || errno == EAGAIN) {
    }
    return 0;
}

/// A sanitizer's handlers would turn a signal's death into an exit code.
void drop_crash_handlers() {
    for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
        struct sigaction now {};
        ::sigaction(number, nullptr, &now);
        if (now.sa_handler != SIG_IGN)
            ::signal(number, SIG_DFL);
    }
}

/// Gives the command a socket as systemd's socket activation does.
int activate(const std::string& kind, const std::string& address, const Words& command) {
    const int fd = amphid::test::socket_at(kind, address);
    if (fd == 3)
        ::fcntl(3, F_SETFD, 0);
    else
        ::dup2(fd, 3);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("LISTEN_FDS", "1", 1);
    ::setenv("LISTEN_FDNAMES", "web", 1);
    amphid::test::execute(command);
}

int usage() {
    std::fputs(
        "usage: helper serve STEP...\n"
        "       helper reaper CMD...            PID 1 of a namespace that reaps at once\n"
        "       helper notify-server FILE CMD... plays systemd, logs each datagram\n"
        "       helper container FOLDER CMD...  CMD is PID 1 of a namespace, FOLDER its volume\n"
        "       helper job CMD...               CMD is the foreground job of a terminal\n"
        "       helper ignoring SIG,SIG CMD...  CMD with these signals ignored\n"
        "       helper blocking SIG,SIG CMD...  CMD with these signals blocked\n"
        "       helper exec CMD...              becomes CMD\n"
        "       helper activated KIND ADDRESS CMD... CMD is given this socket\n"
        "       helper journal SOCKET READY     a journald that keeps nothing\n"
        "       helper denying CALL,CALL ERRNO CMD... CMD in a sandbox that answers these so\n"
        "       helper acts FILE ACT...         what becomes of each, in the file\n"
        "       helper silent-files PLACE       a file system whose files are never closed\n"
        "       helper send-file SOCKET TEXT FILE one datagram with that file open\n"
        "       helper hold PID FILE            stands still for a debugger; FILE: it does\n"
        "       helper traced CMD...            CMD with its parent as its tracer\n"
        "       helper signal-flood PID SIG     as many as the process lives to get\n"
        "       helper send SOCKET TEXT         one datagram to a notify socket\n"
        "       helper flood SOCKET TEXT COUNT  as many with descriptors; 0: until it is gone\n",
        stderr);
    return 2;
}

int dispatch(const std::string& name, const Words& rest) {
    if (name == "serve")
        return amphid::test::serve(rest);
    if (name == "reaper" && !rest.empty())
        return amphid::test::reap(rest);
    if (name == "container" && rest.size() > 1)
        amphid::test::contain(rest[0], Words(rest.begin() + 1, rest.end()));
    if (name == "job" && !rest.empty())
        return amphid::test::run_job(rest);
    if (name == "exec" && !rest.empty())
        amphid::test::execute(rest);
    if (name == "notify-server" && rest.size() > 1)
        return amphid::test::serve_notify(rest[0], Words(rest.begin() + 1, rest.end()));
    if (name == "ignoring" && rest.size() > 1)
        return ignore_and_execute(rest[0], Words(rest.begin() + 1, rest.end()));
    if (name == "blocking" && rest.size() > 1)
        return block_and_execute(rest[0], Words(rest.begin() + 1, rest.end()));
    if (name == "journal" && rest.size() == 2)
        return amphid::test::take_streams(rest[0], rest[1]);
    if (name == "denying" && rest.size() > 2)
        return deny_and_execute(rest[0], std::atoi(rest[1].c_str()),
                                Words(rest.begin() + 2, rest.end()));
    if (name == "acts" && rest.size() > 1)
        return amphid::test::try_acts(rest[0], Words(rest.begin() + 1, rest.end()));
    if (name == "silent-files" && rest.size() == 1)
        return amphid::test::serve_silent_files(rest[0]);
    if (name == "send-file" && rest.size() == 3)
        return amphid::test::send_notify(rest[0], rest[1],
                                         ::open(rest[2].c_str(), O_RDWR | O_CLOEXEC));
    if (name == "hold" && rest.size() == 2)
        return hold(std::atoi(rest[0].c_str()), rest[1]);
    if (name == "traced" && !rest.empty())
        return trace_and_execute(rest);
    if (name == "signal-flood" && rest.size() == 2)
        return flood_with_signal(std::atoi(rest[0].c_str()), amphid::test::signal_number(rest[1]));
    if (name == "send" && rest.size() == 2)
        return amphid::test::send_notify(rest[0], amphid::test::unescape(rest[1]));
    if (name == "flood" && rest.size() == 3)
        return amphid::test::flood(rest[0], rest[1], std::atol(rest[2].c_str()));
    if (name == "activated" && rest.size() > 2)
        return activate(rest[0], rest[1], Words(rest.begin() + 2, rest.end()));
    return usage();
}

} // namespace

int main(int argc, char** argv) {
    drop_crash_handlers();
    const Words words(argv, argv + argc);
    return argc < 2 ? usage() : dispatch(words[1], Words(words.begin() + 2, words.end()));
}
