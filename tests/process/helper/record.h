// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// What a process can say about itself: all that daemon(7) asks for, one key=value a line.

#include "file.h"
#include "text.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace amphid::test {

inline void put(std::string& record, const std::string& key, std::string_view value) {
    record += key + "=" + escape(value) + "\n";
}

inline std::string link_target(const std::string& path) {
    char target[4096];
    const ssize_t length = ::readlink(path.c_str(), target, sizeof target);
    return length < 0 ? std::string() : std::string(target, static_cast<std::size_t>(length));
}

/// Says "no" with the errno's name, or "yes" when this process has a controlling terminal.
inline std::string has_terminal() {
    const int fd = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return errno == ENXIO ? "no" : std::string("no: ") + std::strerror(errno);
    ::close(fd);
    return "yes";
}

/// Opens the slave of a new pseudo terminal without O_NOCTTY, which gives a session leader that
/// has none a controlling terminal, and says what came of it.
inline std::string terminal_after_opening_one() {
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || ::unlockpt(master) < 0)
        return std::string("no pty: ") + std::strerror(errno);
    char name[64];
    if (::ptsname_r(master, name, sizeof name) != 0)
        return "no pty name";
    // Whoever gained a terminal here hangs up when it goes away again.
    const auto before = ::signal(SIGHUP, SIG_IGN);
    const int slave = ::open(name, O_RDWR | O_CLOEXEC);
    const std::string said = slave < 0 ? "cannot open " + std::string(name) : has_terminal();
    if (slave >= 0)
        ::close(slave);
    ::close(master);
    ::signal(SIGHUP, before);
    return said;
}

inline std::vector<int> open_descriptors() {
    std::vector<int> found;
    DIR* folder = ::opendir("/proc/self/fd");
    if (folder == nullptr)
        return found;
    for (const dirent* entry = ::readdir(folder); entry != nullptr; entry = ::readdir(folder))
        if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != ::dirfd(folder))
            found.push_back(std::atoi(entry->d_name));
    ::closedir(folder);
    std::sort(found.begin(), found.end());
    return found;
}

inline void put_descriptors(std::string& record) {
    for (const int fd : open_descriptors()) {
        const std::string number = std::to_string(fd);
        put(record, "fd." + number, link_target("/proc/self/fd/" + number));
        const int flags = ::fcntl(fd, F_GETFL);
        const int access = flags & O_ACCMODE;
        put(record, "fd-access." + number,
            access == O_RDONLY   ? "r"
            : access == O_WRONLY ? "w"
                                 : "rw");
        put(record, "fd-append." + number, (flags & O_APPEND) != 0 ? "yes" : "no");
    }
}

/// Copies the lines of /proc/self/status under their own names (SigBlk, SigIgn, Groups…).
inline void put_status(std::string& record) {
    const std::string status = read_file("/proc/self/status").value_or("");
    for (std::size_t at = 0; at < status.size();) {
        const std::size_t end = std::min(status.find('\n', at), status.size());
        const std::string line = status.substr(at, end - at);
        const std::size_t colon = line.find(":\t");
        if (colon != std::string::npos)
            put(record, "status." + line.substr(0, colon), line.substr(colon + 2));
        at = end + 1;
    }
}

inline void put_ids(std::string& record) {
    put(record, "pid", std::to_string(::getpid()));
    put(record, "ppid", std::to_string(::getppid()));
    put(record, "pgid", std::to_string(::getpgrp()));
    put(record, "sid", std::to_string(::getsid(0)));
    put(record, "uid", std::to_string(::getuid()));
    put(record, "gid", std::to_string(::getgid()));
    put(record, "cwd", link_target("/proc/self/cwd"));
    const mode_t mask = ::umask(0);
    ::umask(mask);
    char octal[16];
    std::snprintf(octal, sizeof octal, "%04o", static_cast<unsigned>(mask));
    put(record, "umask", octal);
    int value = 0;
    ::prctl(PR_GET_CHILD_SUBREAPER, &value);
    put(record, "subreaper", value != 0 ? "yes" : "no");
    ::prctl(PR_GET_PDEATHSIG, &value);
    put(record, "pdeathsig", std::to_string(value));
}

/// Limits, scheduling and what else systemd.exec(5) sets.
inline void put_resources(std::string& record) {
    static const char* const names[] = {
        "cpu",     "fsize", "data",  "stack",      "core",     "rss",  "nproc",  "nofile",
        "memlock", "as",    "locks", "sigpending", "msgqueue", "nice", "rtprio", "rttime"};
    for (int resource = 0; resource < 16; ++resource) {
        rlimit limit{};
        ::getrlimit(static_cast<__rlimit_resource>(resource), &limit);
        const auto text = [](rlim_t value) {
            return value == RLIM_INFINITY ? std::string("infinity") : std::to_string(value);
        };
        put(record, std::string("limit.") + names[resource],
            text(limit.rlim_cur) + ":" + text(limit.rlim_max));
    }
    put(record, "nice", std::to_string(::getpriority(PRIO_PROCESS, 0)));
    std::string score = read_file("/proc/self/oom_score_adj").value_or("\n");
    put(record, "oom-score-adjust", score.substr(0, score.find('\n')));
    sched_param parameter{};
    ::sched_getparam(0, &parameter);
    put(record, "sched",
        std::to_string(::sched_getscheduler(0)) + ":" + std::to_string(parameter.sched_priority));
    put(record, "ioprio", std::to_string(::syscall(SYS_ioprio_get, 1, 0)));
    put(record, "timer-slack", std::to_string(::prctl(PR_GET_TIMERSLACK)));
    put(record, "secure-bits", std::to_string(::prctl(PR_GET_SECUREBITS)));
    put(record, "root", link_target("/proc/self/root"));
    const auto answer = [](bool yes) { return yes ? "yes" : "no"; };
    put(record, "reopens-stderr", answer(::access("/proc/self/fd/2", W_OK) == 0));
}

/// The whole record of the calling process, as it is now.
inline std::string record_of_self(const std::vector<std::string>& arguments) {
    std::string record;
    put_ids(record);
    put_descriptors(record);
    put_status(record);
    put_resources(record);
    for (char** variable = ::environ; *variable != nullptr; ++variable)
        record += "env." + escape(*variable) + "\n";
    for (std::size_t i = 0; i < arguments.size(); ++i)
        put(record, "argv." + std::to_string(i), arguments[i]);
    put(record, "tty.before", has_terminal());
    put(record, "tty.after-open", terminal_after_opening_one());
    return record;
}

} // namespace amphid::test
