// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// What a confined service must not do: each act in a process of its own, since it may be killed.

#include "text.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <string>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace amphid::test {

/// Does the act; -1 with errno where it fails.
struct Act {
    const char* name;
    long (*run)();
};

/// Bits that the kernel ignores in an int.
constexpr long upper = 1L << 32;

inline long remove_after(long result, const char* path) {
    const int error = errno;
    ::unlink(path);
    ::rmdir(path);
    errno = error;
    return result;
}

inline const Act acts[] = {
    {"socket-inet", [] { return long{::socket(AF_INET, SOCK_STREAM, 0)}; }},
    {"socket-unix", [] { return long{::socket(AF_UNIX, SOCK_STREAM, 0)}; }},
    {"socket-netlink", [] { return long{::socket(AF_NETLINK, SOCK_RAW, 0)}; }},
    {"socket-upper", [] { return ::syscall(SYS_socket, AF_UNIX | upper, SOCK_STREAM, 0); }},
    {"unshare-uts", [] { return long{::unshare(CLONE_NEWUTS)}; }},
    {"unshare-net", [] { return long{::unshare(CLONE_NEWNET)}; }},
    {"setns", [] { return long{::setns(::open("/proc/self/ns/uts", O_RDONLY), 0)}; }},
    {"setns-upper",
     [] { return ::syscall(SYS_setns, ::open("/proc/self/ns/uts", O_RDONLY), upper); }},
    {"clone3", [] { return ::syscall(SYS_clone3, nullptr, 0); }},
    {"personality", [] { return long{::personality(ADDR_NO_RANDOMIZE)}; }},
    {"mmap-wx",
     [] {
         void* const at = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
         return at == MAP_FAILED ? -1L : 0L;
     }},
    {"mprotect-x",
     [] {
         void* const at = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
         return long{::mprotect(at, 4096, PROT_READ | PROT_EXEC)};
     }},
    {"shmat-x",
     [] {
         const int id = ::shmget(IPC_PRIVATE, 4096, 0700);
         void* const at = ::shmat(id, nullptr, SHM_EXEC);
         const int error = errno;
         ::shmctl(id, IPC_RMID, nullptr);
         errno = error;
         return at == reinterpret_cast<void*>(-1) ? -1L : 0L;
     }},
    {"realtime",
     [] {
         sched_param parameter{};
         parameter.sched_priority = 1;
         return long{::sched_setscheduler(0, SCHED_FIFO, &parameter)};
     }},
    {"batch",
     [] {
         const sched_param parameter{};
         return long{::sched_setscheduler(0, SCHED_BATCH, &parameter)};
     }},
    {"create-suid",
     [] { return remove_after(::open("suid", O_CREAT | O_WRONLY | O_CLOEXEC, 04755), "suid"); }},
    {"create-plain",
     [] { return remove_after(::open("plain", O_CREAT | O_WRONLY | O_CLOEXEC, 0755), "plain"); }},
    {"unnamed-suid", [] { return long{::open(".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 04755)}; }},
    {"chmod-sgid",
     [] {
         ::close(::open("sgid", O_CREAT | O_WRONLY | O_CLOEXEC, 0755));
         return remove_after(::chmod("sgid", 02755), "sgid");
     }},
    {"chmod2-suid",
     [] {
         ::close(::open("new", O_CREAT | O_WRONLY | O_CLOEXEC, 0755));
         return remove_after(::syscall(452, AT_FDCWD, "new", 04755, 0), "new"); // fchmodat2
     }},
    {"mkdir-sgid", [] { return remove_after(::mkdir("folder", 02755), "folder"); }},
    {"mknod-suid", [] { return remove_after(::mknod("node", S_IFREG | 04755, 0), "node"); }},
    {"openat2",
     [] {
         open_how how{};
         return ::syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof how);
     }},
    {"load-module", [] { return ::syscall(SYS_finit_module, -1, "", 0); }},
    {"kernel-log", [] { return ::syscall(SYS_syslog, 10, nullptr, 0); }},
    {"read-clock",
     [] {
         timex nothing{};
         return long{::adjtimex(&nothing)};
     }},
    {"host-name", [] { return ::syscall(SYS_sethostname, "x", -1); }},
    {"sync", [] { return ::syscall(SYS_sync); }},
    {"getitimer", [] { return ::syscall(SYS_getitimer, 99, nullptr); }},
#if defined(__x86_64__)
    {"other-architecture",
     [] {
         long result = 20; // getpid
         asm volatile("int $0x80" : "+a"(result) : : "memory");
         return result > 0 ? 0L : -1L;
     }},
    {"personality-32",
     [] {
         long result = 136;
         const long persona = ADDR_NO_RANDOMIZE;
         asm volatile("int $0x80" : "+a"(result) : "b"(persona) : "memory");
         errno = static_cast<int>(-result);
         return result < 0 ? -1L : 0L;
     }},
    {"x32", [] { return ::syscall(0x40000000 | SYS_getpid); }},
#endif
};

/// "done", "EPERM", "killed 31".
inline std::string outcome_of(const Act& act) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        const bool failed = act.run() < 0;
        ::_exit(failed ? errno : 0);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (WIFSIGNALED(status)) {
        return "killed " + std::to_string(WTERMSIG(status));
    }
    return WEXITSTATUS(status) == 0 ? "done" : ::strerrorname_np(WEXITSTATUS(status));
}

/// The session keyring, and whether the user's is found through it.
inline std::string keyring() {
    const long id = ::syscall(SYS_keyctl, 0, -3, 0); // KEYCTL_GET_KEYRING_ID
    const std::string users = "_uid." + std::to_string(::getuid());
    const long found = ::syscall(SYS_keyctl, 10, -3, "keyring", users.c_str(), 0); // KEYCTL_SEARCH
    return std::to_string(id) + (found > 0 ? " linked" : "");
}

/// The status file of this process has the rest.
inline std::string status_row(const std::string& name) {
    std::string text(8192, '\0');
    const int file = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    const ssize_t size = ::read(file, text.data(), text.size());
    ::close(file);
    text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    const auto at = text.find(name + ":\t");
    const auto begin = at == std::string::npos ? at : at + name.size() + 2;
    return at == std::string::npos ? "" : text.substr(begin, text.find('\n', begin) - begin);
}

inline int try_acts(const std::string& path, const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) {
        std::string found = name == "keyring" ? keyring() : status_row(name);
        for (const Act& act : acts) {
            found = act.name == name ? outcome_of(act) : found;
        }
        out += name + "=" + found + "\n";
    }
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    const bool written = ::write(file, out.data(), out.size()) == static_cast<ssize_t>(out.size());
    return written && ::close(file) == 0 ? 0 : 1;
}

} // namespace amphid::test
