// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// The programs that stand above others: the reaper of a PID namespace, a container, a terminal's
// shell, and the manager that gives its child what systemd gives.

#include "notify.h"
#include "record.h"
#include "service.h"

#include <sched.h>
#include <sys/mount.h>

namespace amphid::test {

using Words = std::vector<std::string>;

[[noreturn]] inline void execute(const Words& command) {
    std::vector<char*> argv;
    for (const std::string& word : command)
        argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
    write_all(2, "helper: " + command[0] + ": " + std::strerror(errno) + "\n");
    ::_exit(errno == ENOENT ? 127 : 126);
}

/// The code that a shell gives for this wait status.
inline int code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

inline sigset_t block_signals(std::initializer_list<int> numbers) {
    sigset_t set;
    sigset_t before;
    ::sigemptyset(&set);
    for (const int number : numbers)
        ::sigaddset(&set, number);
    ::sigprocmask(SIG_BLOCK, &set, &before);
    return set;
}

inline void unblock_all() {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Reaps everything that has ended; true when `wanted` was among it, with its wait status.
inline bool reap_all(pid_t wanted, int& status) {
    bool found = false;
    int ended = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &ended, WNOHANG)) > 0;)
        if (pid == wanted) {
            status = ended;
            found = true;
        }
    return found;
}

/// Tells what is still alive in a PID namespace that is about to be torn down.
inline void name_survivors() {
    DIR* folder = ::opendir("/proc");
    if (folder == nullptr)
        return;
    for (const dirent* entry = ::readdir(folder); entry != nullptr; entry = ::readdir(folder)) {
        const pid_t pid = std::atoi(entry->d_name);
        const std::string base = "/proc/" + std::to_string(pid);
        if (pid <= 1 || link_target(base + "/exe").empty())
            continue;
        std::string command = read_file(base + "/cmdline").value_or("");
        std::replace(command.begin(), command.end(), '\0', ' ');
        write_all(2, "helper: left behind: " + std::to_string(pid) + " " + command + "\n");
    }
    ::closedir(folder);
}

/// PID 1 of a namespace: runs the command, reaps everything at once, forwards TERM and INT, and
/// ends with the command's code. What is left behind then is named on stderr.
inline int reap(const Words& command) {
    for (const int number : {SIGCHLD, SIGTERM, SIGINT})
        ::signal(number, SIG_DFL); // what was ignored would never be told
    const sigset_t set = block_signals({SIGCHLD, SIGTERM, SIGINT});
    const pid_t child = ::fork();
    if (child == 0) {
        unblock_all();
        execute(command);
    }
    for (;;) {
        int number = 0;
        ::sigwait(&set, &number);
        int status = 0;
        if (number != SIGCHLD)
            ::kill(child, number);
        else if (reap_all(child, status)) {
            if (::getpid() == 1)
                name_survivors();
            return code_of(status);
        }
    }
}

inline void map_user(uid_t uid, gid_t gid) {
    const auto put_map = [](const char* path, const std::string& text) {
        const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
        write_all(fd, text);
        ::close(fd);
    };
    put_map("/proc/self/setgroups", "deny");
    put_map("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1");
    put_map("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1");
}

/// LeakSanitizer, where a program was built with it, cannot work as PID 1.
inline void switch_leak_check_off() {
    const char* options = std::getenv("ASAN_OPTIONS");
    const std::string given = options == nullptr ? "" : std::string(options) + ":";
    ::setenv("ASAN_OPTIONS", (given + "detect_leaks=0").c_str(), 1);
}

/// The folder appears in the container as /run/volume; everything else of /run is new and empty.
inline bool mount_all(const std::string& volume) {
    const char* inside = "/run/volume";
    return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("proc", "/proc", "proc", 0, nullptr) == 0 &&
           ::mount("tmpfs", "/run", "tmpfs", 0, "mode=755") == 0 && ::mkdir(inside, 0755) == 0 &&
           ::mount(volume.c_str(), inside, nullptr, MS_BIND, nullptr) == 0;
}

/// Runs the command as PID 1 of a new PID namespace with a /proc, an empty /run and a volume of its
/// own; a plain user becomes root in a user namespace. 120 = the kernel does not allow it here.
[[noreturn]] inline void contain(const std::string& volume, const Words& command) {
    const uid_t uid = ::getuid();
    const gid_t gid = ::getgid();
    const int more = uid == 0 ? 0 : CLONE_NEWUSER;
    if (::unshare(CLONE_NEWPID | CLONE_NEWNS | more) < 0)
        ::_exit(120);
    if (more != 0)
        map_user(uid, gid);
    block_signals({SIGTERM, SIGINT, SIGHUP});
    const pid_t child = ::fork();
    if (child == 0) {
        if (!mount_all(volume))
            ::_exit(120);
        unblock_all();
        switch_leak_check_off();
        execute(command);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ::_exit(code_of(status));
}

inline std::string describe(const Datagram& datagram) {
    return "pid=" + std::to_string(datagram.pid) + " fds=" + std::to_string(datagram.descriptors) +
           " " + escape(datagram.text);
}

inline void log_datagrams(int socket, const std::string& file) {
    while (const auto datagram = receive_notify(socket))
        append_line(file, describe(*datagram));
}

[[noreturn]] inline void execute_as_systemd(const Words& command, const std::string& socket) {
    unblock_all();
    ::setenv("NOTIFY_SOCKET", socket.c_str(), 1);
    ::setenv("SYSTEMD_EXEC_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("INVOCATION_ID", "0123456789abcdef0123456789abcdef", 1);
    execute(command);
}

/// `notify-server FILE CMD…`: plays the systemd that starts a Type=notify service. Each datagram
/// becomes a line `pid=N fds=N TEXT` of FILE, the first line is `started PID`; signals TERM, INT
/// and HUP go on to the command, whose code is the result.
inline int serve_notify(const std::string& file, const Words& command) {
    // FILE tells it from that of a test in another PID namespace: the network namespace is shared.
    const std::string name = "@amphid-test-notify-" + file;
    const int socket = bind_notify(name);
    sigset_t set = block_signals({SIGCHLD, SIGTERM, SIGINT, SIGHUP});
    const int signals = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    const pid_t child = ::fork();
    if (child == 0)
        execute_as_systemd(command, name);
    append_line(file, "started " + std::to_string(child));
    for (;;) {
        pollfd ready[] = {{socket, POLLIN, 0}, {signals, POLLIN, 0}};
        ::poll(ready, 2, -1);
        log_datagrams(socket, file);
        signalfd_siginfo info{};
        int status = 0;
        while (::read(signals, &info, sizeof info) == sizeof info)
            if (info.ssi_signo != SIGCHLD)
                ::kill(child, static_cast<int>(info.ssi_signo));
        if (reap_all(child, status)) {
            log_datagrams(socket, file);
            return code_of(status);
        }
    }
}

/// `job CMD…`: a job-control shell in small. Leads the session of the terminal it is given, runs
/// the command as the foreground job and returns its code when it has ended.
inline int run_job(const Words& command) {
    ::signal(SIGTTOU, SIG_IGN);
    const pid_t child = ::fork();
    if (child == 0) {
        ::setpgid(0, 0);
        ::tcsetpgrp(0, ::getpid());
        ::signal(SIGTTOU, SIG_DFL);
        execute(command);
    }
    ::setpgid(child, child);
    ::tcsetpgrp(0, child);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::tcsetpgrp(0, ::getpgrp());
    return code_of(status);
}

} // namespace amphid::test
