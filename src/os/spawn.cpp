// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/spawn.h"

#include "base/text.h"
#include "os/clone.h"
#include "os/exec_stages.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace amphid {

namespace {

/// What the new process works with: everything is allocated before it exists.
struct Child {
    const SpawnRequest& request;
    Record& record;
    pid_t parent;
    std::vector<char*> argv;
    std::vector<char*> environment;
    std::vector<char*> pid_digits; // the places of pid_placeholder
    std::vector<std::pair<int, int>> descriptors;
    int joins = -1; // the cgroup to join; -1: it was created in the right one
    bool runs = false;
    ExecStage failed = ExecStage::none;
    int error = 0;
};

// The stages: each returns 0 or an errno.

int join_cgroup(Child& child) noexcept {
    const int file =
        child.joins < 0 ? -1 : ::openat(child.joins, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    // Without a cgroup the process tree is used: not a reason to fail.
    if (file >= 0 && ::write(file, "0", 1) < 0) {
        child.joins = -1;
    }
    return 0;
}

// systemd.service(5), the prefixes of a command: with "+" nothing that takes rights away is
// applied, "!" keeps the user. Scheduling applies to all.

bool is_restricted(const Child& child) noexcept {
    return child.request.context != nullptr && child.request.privileges != Privileges::privileged;
}

bool changes_user(const Child& child) noexcept {
    return is_restricted(child) && child.request.privileges != Privileges::no_setuid;
}

int own_process_group(Child& child) noexcept {
    if (child.request.own_session) {
        return ::setsid() < 0 ? errno : 0;
    }
    if (child.request.gives_up_terminal && ::getsid(0) != ::getpid()) {
        const Fd terminal(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
        return terminal && ::ioctl(terminal.get(), TIOCNOTTY) < 0 ? errno : 0;
    }
    return child.request.own_process_group && ::setpgid(0, 0) < 0 ? errno : 0;
}

int put_descriptor(const Child& child, int number) noexcept {
    const int from = child.request.stdio[static_cast<std::size_t>(number)];
    if (from < 0) {
        return 0;
    }
    if (from == number) {
        // dup2 onto itself would leave close-on-exec set.
        return ::fcntl(number, F_SETFD, 0) < 0 ? errno : 0;
    }
    return ::dup2(from, number) < 0 ? errno : 0;
}

int put_stdin(Child& child) noexcept {
    const int steal = child.request.steal_terminal ? 1 : 0;
    if (child.request.own_terminal && ::ioctl(child.request.stdio[0], TIOCSCTTY, steal) < 0) {
        return errno;
    }
    return put_descriptor(child, 0);
}
int put_stdout(Child& child) noexcept {
    return put_descriptor(child, 1);
}
int put_stderr(Child& child) noexcept {
    return put_descriptor(child, 2);
}

int change_directory(Child& child) noexcept {
    const std::string& directory = child.request.working_directory;
    if (directory.empty() || ::chdir(directory.c_str()) == 0) {
        return 0;
    }
    const int error = errno;
    const ExecContext* const context = child.request.context;
    if (context == nullptr || !context->working_directory_is_optional) {
        return error;
    }
    return ::chdir("/") < 0 ? errno : 0;
}

int record_itself(Child& child) noexcept {
    const pid_t pid = ::getpid();
    for (char* digits : child.pid_digits) {
        const auto size = SpawnRequest::pid_placeholder.size();
        *std::to_chars(digits, digits + size, pid).ptr = '\0';
    }
    child.record(pid);
    return 0;
}

int put_descriptors(Child& child) noexcept {
    // After the record, which uses descriptors of ours that these may replace.
    for (const auto& [from, number] : child.descriptors) {
        if (::dup2(from, number) < 0) {
            return errno;
        }
    }
    return 0;
}

int follow_parent(Child& child) noexcept {
    const int signal = child.request.parent_death_signal;
    if (signal == 0) {
        return 0;
    }
    // Here, since each change of credentials resets it.
    if (::prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0) < 0) {
        return errno;
    }
    return ::getppid() == child.parent ? 0 : ESRCH; // the parent is dead
}

int unblock_signals(Child& child) noexcept {
    // After the record, which makes files of ours with our own mask.
    ::umask(child.request.umask);
    const ExecContext* const context = child.request.context;
    if (context != nullptr && context->ignore_sigpipe) {
        ::signal(SIGPIPE, SIG_IGN); // inherited over exec, as in systemd's services
    }
    sigset_t none;
    ::sigemptyset(&none);
    return ::sigprocmask(SIG_SETMASK, &none, nullptr) < 0 ? errno : 0;
}

int become_program(Child& child) noexcept {
    child.record.about_to_execute();
    ::execve(child.request.program.c_str(), child.argv.data(), child.environment.data());
    return errno;
}

template <int (*apply)(const ExecContext&) noexcept>
int for_all(Child& child) noexcept {
    return child.request.context != nullptr ? apply(*child.request.context) : 0;
}
template <int (*apply)(const ExecContext&) noexcept>
int restricted(Child& child) noexcept {
    return is_restricted(child) ? apply(*child.request.context) : 0;
}
template <int (*apply)(const ExecContext&) noexcept>
int with_user(Child& child) noexcept {
    return changes_user(child) ? apply(*child.request.context) : 0;
}

int bound(Child& child) noexcept {
    return is_restricted(child) ? bound_capabilities(*child.request.context, changes_user(child))
                                : 0;
}

struct Stage {
    ExecStage name;
    int (*run)(Child&) noexcept;
};

// In systemd's order, except for the record: it is written before credentials change.
constexpr Stage stages[] = {
    {ExecStage::none, join_cgroup},
    {ExecStage::setsid, own_process_group},
    {ExecStage::stdin_, put_stdin},
    {ExecStage::stdout_, put_stdout},
    {ExecStage::stderr_, put_stderr},
    {ExecStage::oom_adjust, for_all<adjust_oom_score>},
    {ExecStage::nice, for_all<set_nice>},
    {ExecStage::setscheduler, for_all<set_scheduler>},
    {ExecStage::cpuaffinity, for_all<set_affinity>},
    {ExecStage::ioprio, for_all<set_io_priority>},
    {ExecStage::timerslack, for_all<set_timer_slack>},
    {ExecStage::keyring, for_all<join_keyring>},
    {ExecStage::exec, record_itself},
    {ExecStage::limits, restricted<set_limits>},
    {ExecStage::namespace_, restricted<leave_namespaces>},
    {ExecStage::group, with_user<enter_groups>},
    {ExecStage::chroot, restricted<change_root>},
    {ExecStage::capabilities, bound},
    {ExecStage::user, with_user<become_user>},
    {ExecStage::keyring, for_all<link_user_keyring>},
    {ExecStage::capabilities, restricted<raise_ambient_capabilities>},
    {ExecStage::chdir, change_directory},
    {ExecStage::securebits, restricted<set_secure_bits>},
    {ExecStage::no_new_privileges, restricted<forbid_new_privileges>},
    {ExecStage::capabilities, with_user<drop_capabilities>},
    {ExecStage::fds, put_descriptors},
    {ExecStage::signal_mask, follow_parent},
    {ExecStage::signal_mask, unblock_signals},
    {ExecStage::seccomp, restricted<apply_filters>},
    {ExecStage::exec, become_program},
};

/// Returns only if one of them failed.
void run_stages(Child& child) noexcept {
    for (const Stage& stage : stages) {
        if (const int error = stage.run(child)) {
            child.failed = stage.name;
            child.error = error;
            break;
        }
    }
}

int run_child(void* argument) noexcept {
    Child& child = *static_cast<Child*>(argument);
    child.runs = true;
    run_stages(child);
    ::_exit(exit_status_of(child.failed));
}

std::vector<char*> pointers_to(const std::vector<std::string>& strings) {
    std::vector<char*> out;
    out.reserve(strings.size() + 1);
    for (const std::string& string : strings) {
        out.push_back(const_cast<char*>(string.c_str()));
    }
    out.push_back(nullptr);
    return out;
}

} // namespace

namespace {

/// If one of their numbers is also one of ours, ours is moved above them all, so that no dup2
/// overwrites a descriptor that is still needed. `moved` owns those.
std::vector<std::pair<int, int>> clear_of_each_other(std::vector<std::pair<int, int>> descriptors,
                                                     std::vector<Fd>& moved) {
    int highest = 2;
    for (const auto& descriptor : descriptors) {
        highest = std::max(highest, descriptor.second);
    }
    for (auto& [from, number] : descriptors) {
        if (from <= highest) {
            moved.emplace_back(::fcntl(from, F_DUPFD_CLOEXEC, highest + 1));
            from = moved.back().get(); // -1 is reported by the new process
        }
    }
    return descriptors;
}

/// The places in the environment to fill with the new process's PID.
std::vector<char*> find_placeholders(const std::vector<char*>& environment) {
    std::vector<char*> out;
    for (char* variable : environment) {
        const std::string_view entry = variable == nullptr ? "" : variable;
        if (entry.ends_with(concat('=', SpawnRequest::pid_placeholder))) {
            out.push_back(variable + entry.size() - SpawnRequest::pid_placeholder.size());
        }
    }
    return out;
}

Child child_of(const SpawnRequest& request, Record& record, std::vector<Fd>& moved) {
    Child out{request,
              record,
              ::getpid(),
              pointers_to(request.argv),
              pointers_to(request.environment),
              {},
              clear_of_each_other(request.descriptors, moved)};
    out.pid_digits = find_placeholders(out.environment);
    return out;
}

} // namespace

Spawned become(const SpawnRequest& request, Record& record) {
    std::vector<Fd> moved;
    Child child = child_of(request, record, moved);
    child.joins = request.cgroup;
    run_stages(child);
    return {0, child.failed, child.error};
}

Spawned spawn(const SpawnRequest& request, Record& record) {
    std::vector<Fd> moved;
    Child child = child_of(request, record, moved);
    alignas(16) std::array<char, std::size_t{64} * 1024> stack;
    pid_t pid = clone_with_our_memory(run_child, &child, stack, request.cgroup);
    if (request.cgroup >= 0 && !child.runs) {
        // A seccomp filter denies clone3; or the kernel (from 6.15 on) killed it at once, because
        // one of the two cgroups was killed before.
        if (pid > 0) {
            ::waitpid(pid, nullptr, 0);
        }
        child.joins = request.cgroup;
        pid = clone_with_our_memory(run_child, &child, stack, -1);
    }
    if (pid < 0) {
        return {0, ExecStage::none, errno};
    }
    if (changes_user(child) &&
        (request.context->credentials.uid || request.context->credentials.gid)) {
        // The change of user made the shared memory non-dumpable.
        ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    }
    if (child.failed != ExecStage::none) {
        ::waitpid(pid, nullptr, 0);
        return {0, child.failed, child.error};
    }
    return {pid, ExecStage::none, 0};
}

} // namespace amphid
