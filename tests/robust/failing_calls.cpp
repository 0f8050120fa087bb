// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "failing_calls.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/syscall.h>

namespace amphid::test {

namespace {

#define CALL(name, ...)                                                                            \
    {                                                                                              \
        SYS_##name, #name, {                                                                       \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

const std::vector<FailingCall> calls{
    // Files.
    CALL(openat, EMFILE, EACCES, EIO, ENOENT),
    CALL(openat2, EMFILE, ENOSYS, EAGAIN),
    CALL(open, EMFILE, EACCES),
    CALL(read, EIO),
    {in_no_file | SYS_read, "read-pipe", {EINTR}},
    CALL(pread64, EIO),
    CALL(write, ENOSPC, EIO),
    {in_no_file | SYS_write, "write-pipe", {EINTR}},
    CALL(close, EIO),
    CALL(close_range, ENOSYS, EPERM),
    CALL(newfstatat, EIO, EACCES, ENOENT),
    CALL(fstat, EIO),
    CALL(stat, EIO, EACCES),
    CALL(lstat, EIO, EACCES),
    CALL(statx, EIO, ENOSYS),
    CALL(fstatfs, EIO),
    CALL(statfs, EIO, EACCES),
    CALL(getdents64, EIO),
    CALL(readlink, EACCES, ENOENT),
    CALL(readlinkat, EACCES, ENOENT),
    CALL(getxattr, EIO),
    CALL(access, EACCES),
    CALL(faccessat, EACCES),
    CALL(faccessat2, EPERM, ENOSYS),
    CALL(mkdir, ENOSPC, EACCES),
    CALL(mkdirat, ENOSPC, EACCES),
    CALL(rmdir, EBUSY),
    CALL(unlink, EIO),
    CALL(unlinkat, EIO, EACCES),
    CALL(rename, ENOSPC, EIO),
    CALL(renameat, ENOSPC, EIO),
    CALL(renameat2, ENOSPC, EIO),
    CALL(fchmod, EPERM),
    CALL(fchmodat, EPERM),
    CALL(fchown, EPERM),
    CALL(fsync, EIO),
    CALL(ftruncate, EIO),
    CALL(lseek, EIO),
    CALL(flock, ENOLCK, EINTR),
    CALL(fcntl, EMFILE),
    CALL(dup, EMFILE),
    CALL(dup2, EMFILE),
    CALL(dup3, EMFILE),
    CALL(pipe2, EMFILE),
    CALL(ioctl, ENOTTY),
    CALL(chdir, EACCES),
    CALL(getcwd, ENOENT),
    CALL(inotify_init1, EMFILE, ENOSYS),
    CALL(inotify_add_watch, ENOSPC, EACCES),
    // Processes.
    CALL(fork, EAGAIN, ENOMEM),
    CALL(vfork, EAGAIN, ENOMEM),
    CALL(clone, EAGAIN, ENOMEM),
    CALL(clone3, EAGAIN, ENOSYS),
    CALL(execve, ENOENT, EACCES, ENOMEM),
    CALL(execveat, ENOENT, ENOSYS),
    CALL(wait4, EINTR, EPERM),
    CALL(waitid, EINTR, EPERM),
    CALL(pidfd_open, EMFILE, ENOSYS, EPERM),
    CALL(pidfd_send_signal, EPERM, ENOSYS),
    CALL(kcmp, EPERM, ENOSYS),
    CALL(kill, EPERM),
    CALL(setsid, EPERM),
    CALL(setpgid, EPERM),
    CALL(prctl, EPERM, EINVAL),
    CALL(prlimit64, EPERM),
    CALL(getrlimit, EPERM),
    CALL(setrlimit, EPERM),
    CALL(getpriority, EPERM),
    CALL(setpriority, EACCES),
    CALL(capget, EPERM),
    CALL(capset, EPERM),
    CALL(getgroups, EPERM),
    CALL(setgroups, EPERM),
    CALL(setresuid, EAGAIN),
    CALL(setresgid, EPERM),
    // Signals, time, waiting.
    CALL(rt_sigaction, EINVAL),
    CALL(rt_sigprocmask, EINVAL),
    CALL(signalfd4, EMFILE, ENOMEM),
    CALL(timerfd_create, EMFILE, ENOSYS),
    CALL(epoll_create1, EMFILE, ENOMEM),
    CALL(epoll_ctl, ENOSPC, ENOMEM),
    CALL(epoll_wait, EINTR),
    CALL(epoll_pwait, EINTR),
    CALL(poll, EINTR, ENOMEM),
    CALL(ppoll, EINTR, ENOMEM),
    // Sockets.
    CALL(socket, EMFILE, EAFNOSUPPORT),
    CALL(socketpair, EMFILE),
    CALL(bind, EADDRINUSE, EACCES),
    CALL(connect, EAGAIN, EACCES),
    CALL(listen, EADDRINUSE),
    CALL(shutdown, ENOTCONN),
    CALL(setsockopt, ENOPROTOOPT),
    CALL(getsockopt, ENOPROTOOPT),
    CALL(getsockname, ENOBUFS),
    CALL(recvmsg, ENOMEM),
    CALL(recvfrom, ENOMEM),
    CALL(sendto, ENOBUFS),
    CALL(sendmsg, ENOBUFS),
    // Memory and chance.
    CALL(mmap, ENOMEM),
    CALL(mprotect, ENOMEM),
    CALL(getrandom, EAGAIN, ENOSYS),
    // These cannot fail, or their answer is not looked at for good reason.
    CALL(brk), // says no by its value; malloc(3) then maps
    CALL(timerfd_settime),
    {does_not_wait | SYS_wait4, "wait4-nohang", {}},
    CALL(munmap),
    CALL(mremap),
    CALL(madvise),
    CALL(getpid),
    CALL(getpgrp),
    CALL(getsid),
    CALL(getppid),
    CALL(gettid),
    CALL(getuid),
    CALL(geteuid),
    CALL(getgid),
    CALL(getegid),
    CALL(umask),
    CALL(uname),
    CALL(sysinfo),
    CALL(sched_getaffinity),
    CALL(rt_sigreturn),
    CALL(set_robust_list),
    CALL(set_tid_address),
    CALL(rseq),
    CALL(arch_prctl),
    CALL(futex),
    CALL(restart_syscall),
    CALL(exit),
    CALL(exit_group),
};

#undef CALL

} // namespace

bool FailingCall::is_frequent() const {
    constexpr std::array frequent{SYS_openat, SYS_read,     SYS_write,
                                  SYS_close,  SYS_renameat, SYS_newfstatat};
    return std::find(frequent.begin(), frequent.end(), number) != frequent.end();
}

const std::vector<FailingCall>& failing_calls() {
    return calls;
}

const FailingCall* find_call(long number) {
    const auto found = std::find_if(calls.begin(), calls.end(),
                                    [&](const FailingCall& call) { return call.number == number; });
    return found == calls.end() ? nullptr : &*found;
}

bool happens_though_it_fails(long number) {
    return number == SYS_close;
}

std::string error_name(int error) {
    const char* name = ::strerrorname_np(error);
    return name != nullptr ? name : std::to_string(error);
}

} // namespace amphid::test
