// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/work_as.h"

#include "base/text.h"
#include "os/detach.h"
#include "os/os_error.h"
#include "os/process.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid {

namespace {

struct User {
    std::string name;
    std::string home;
    std::string shell;
    gid_t group = 0;
};

User look_up(uid_t uid) {
    const passwd* user = ::getpwuid(uid);
    if (user == nullptr) {
        throw OsError("cannot act as", concat("UID ", uid), "no such user", EPERM);
    }
    return {user->pw_name, user->pw_dir, user->pw_shell, user->pw_gid};
}

/// Root's variables are overwritten, not just dropped: that user may get to read this memory.
void replace_environment(const User& user) {
    for (char** variable = ::environ; *variable != nullptr; ++variable) {
        ::explicit_bzero(*variable, std::strlen(*variable));
    }
    ::clearenv();
    ::setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", 1);
    ::setenv("HOME", user.home.c_str(), 1);
    ::setenv("USER", user.name.c_str(), 1);
    ::setenv("LOGNAME", user.name.c_str(), 1);
    ::setenv("SHELL", user.shell.c_str(), 1);
}

void leave_our_surroundings(int output) {
    checked(::setsid(), "cannot create", "a session");
    const int null = checked(::open("/dev/null", O_RDWR | O_NOCTTY), "cannot open", "/dev/null");
    checked(::dup2(null, STDIN_FILENO), "cannot redirect", "standard input");
    checked(::dup2(output, STDOUT_FILENO), "cannot redirect", "standard output");
    checked(::dup2(output, STDERR_FILENO), "cannot redirect", "standard error");
    close_inherited_descriptors();
    checked(::chdir("/"), "cannot change to", "/");
}

void become(uid_t uid, const User& user) {
    const std::string what = concat("user ", user.name);
    checked(::initgroups(user.name.c_str(), user.group), "cannot become", what);
    checked(::setresgid(user.group, user.group, user.group), "cannot become", what);
    checked(::setresuid(uid, uid, uid), "cannot become", what);
}

[[noreturn]] void live_as(uid_t uid, const User& user, int output,
                          const std::function<int()>& work) {
    try {
        leave_our_surroundings(output);
        replace_environment(user);
        become(uid, user);
        ::_exit(work());
    } catch (const OsError& error) {
        const std::string text = concat("amphid: ", error.what(), '\n');
        (void)!::write(STDERR_FILENO, text.data(), text.size());
        ::_exit(1);
    }
}

/// True while there may be more.
bool pass_on(const Fd& pipe, const std::function<void(std::string_view)>& hear) {
    std::array<char, 4096> text;
    const ssize_t n = ::read(pipe.get(), text.data(), text.size());
    if (n > 0) {
        hear({text.data(), static_cast<std::size_t>(n)});
    }
    return n > 0;
}

/// Its exit counts: processes that it leaves may keep the pipe open.
int await_worker(pid_t pid, const Fd& pipe, const std::function<void(std::string_view)>& hear) {
    constexpr int second_ms = 1000;
    const Fd end(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    bool more = true;
    for (int status = 0;;) {
        std::array<pollfd, 2> events{pollfd{more ? pipe.get() : -1, POLLIN, 0},
                                     pollfd{end.get(), POLLIN, 0}};
        ::poll(events.data(), events.size(), second_ms);
        if (events[0].revents != 0) {
            more = pass_on(pipe, hear);
        }
        const pid_t changed = ::waitpid(pid, &status, WNOHANG | WUNTRACED);
        if (changed == pid && WIFSTOPPED(status)) {
            ::kill(pid, SIGCONT);
        } else if (changed != 0 && !(changed < 0 && errno == EINTR)) {
            // As much as a pipe holds; remaining writers must not keep us.
            for (int count = 0; count < 16 && pass_on(pipe, hear); ++count) {
            }
            return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        }
    }
}

} // namespace

int work_as(uid_t user, const std::function<int()>& work,
            const std::function<void(std::string_view)>& hear) {
    const User who = look_up(user);
    int ends[2];
    checked(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), "cannot create", "a pipe");
    const Fd reader(ends[0]);
    Fd writer(ends[1]);
    checked(::fcntl(writer.get(), F_SETFL, 0), "cannot set up", "a pipe");
    const pid_t pid = checked(::fork(), "cannot fork", concat("a process of user ", who.name));
    if (pid == 0) {
        live_as(user, who, writer.get(), work);
    }
    writer.reset();
    return await_worker(pid, reader, hear);
}

} // namespace amphid
