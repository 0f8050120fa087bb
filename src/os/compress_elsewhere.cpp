// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/compress_elsewhere.h"

#include "os/os_error.h"
#include "plan/log_names.h"

#include <csignal>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace amphid {

namespace {

/// Descriptors of the new process: everything else is closed there.
constexpr int directory_number = 3;
constexpr int first_free_number = 4;

bool is_same(const struct stat& one, const struct stat& other) {
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/// True where that name is still this file's.
bool names_file(const std::string& name, const struct stat& file) {
    struct stat now {};
    return ::fstatat(directory_number, name.c_str(), &now, AT_SYMLINK_NOFOLLOW) == 0 &&
           is_same(now, file);
}

void yield_to_everybody() {
    constexpr int of_process = 1; // ioprio_set(2)
    constexpr int idle_class = 3 << 13;
    ::setpriority(PRIO_PROCESS, 0, 19);
    ::syscall(SYS_ioprio_set, of_process, 0, idle_class);
}

[[noreturn]] void become(const CompressionJob& job, int in, int out, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (::getppid() != parent || ::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(null, 2) < 0) {
        ::_exit(1);
    }
    const char* name = job.program.c_str();
    const char* argv[] = {name, "-q", "-c", nullptr}; // both programs have these
    const char* environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", nullptr};
    ::execve(name, const_cast<char**>(argv), const_cast<char**>(environment));
    ::_exit(127);
}

bool run_compressor(const CompressionJob& job, int in, int out) {
    const pid_t parent = ::getpid();
    const pid_t program = ::fork();
    if (program == 0) {
        become(job, in, out, parent);
    }
    int status = 0;
    while (program > 0 && ::waitpid(program, &status, 0) < 0 && errno == EINTR) {
    }
    return program > 0 && status == 0;
}

/// Through descriptors alone: whoever may write to the directory could give any file that name.
bool compress(const CompressionJob& job) {
    const std::string unfinished = unfinished_name(job.name, job.compression);
    const std::string finished = job.name + std::string(suffix_of(job.compression));
    const int in = ::openat(directory_number, job.name.c_str(),
                            O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat plain {};
    if (in < 0 || ::fstat(in, &plain) < 0 || !S_ISREG(plain.st_mode)) {
        return false;
    }
    ::unlinkat(directory_number, unfinished.c_str(), 0);
    const int out = ::openat(directory_number, unfinished.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    struct stat packed {};
    if (out < 0 || ::fstat(out, &packed) < 0) {
        return false;
    }
    const timespec times[2] = {plain.st_atim, plain.st_mtim};
    const bool done =
        run_compressor(job, in, out) && ::fchown(out, plain.st_uid, plain.st_gid) == 0 &&
        ::fchmod(out, plain.st_mode & 07777U) == 0 && ::futimens(out, times) == 0 &&
        names_file(job.name, plain) && names_file(unfinished, packed) &&
        ::renameat(directory_number, unfinished.c_str(), directory_number, finished.c_str()) == 0;
    if (done) {
        ::unlinkat(directory_number, job.name.c_str(), 0);
    } else if (names_file(unfinished, packed)) {
        ::unlinkat(directory_number, unfinished.c_str(), 0);
    }
    return done;
}

/// The helper's life, on a copy of our memory.
[[noreturn]] void help(const CompressionJob& job, pid_t launcher) {
    ::prctl(PR_SET_NAME, "(compress)", 0, 0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::getppid() != launcher || ::dup2(job.directory, directory_number) < 0) {
        ::_exit(1);
    }
    // Among them our lock and the service's pipes.
    ::syscall(SYS_close_range, first_free_number, ~0U, 0);
    ::setsid(); // the terminal's ^C is for the service
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    yield_to_everybody();
    ::_exit(compress(job) ? 0 : 1);
}

} // namespace

Fd compress_elsewhere(const CompressionJob& job) {
    const pid_t launcher = ::getpid();
    const long pid = ::syscall(SYS_clone, 0, nullptr, nullptr, nullptr, nullptr);
    if (pid == 0) {
        help(job, launcher);
    }
    checked(pid, "cannot start", "a process that compresses");
    const auto handle = ::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0);
    return Fd(static_cast<int>(checked(handle, "cannot watch", "a process that compresses")));
}

void reap_helper(const Fd& process) {
    siginfo_t info{};
    ::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(process.get()), &info,
             WEXITED | WNOHANG | __WCLONE);
}

} // namespace amphid
