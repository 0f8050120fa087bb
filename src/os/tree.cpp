// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/tree.h"

#include "base/text.h"
#include "os/clock.h"
#include "os/close_elsewhere.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/process.h"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <set>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid {

namespace {

/// For kernels without /proc/PID/task/TID/children (CONFIG_PROC_CHILDREN): the parents of all
/// processes.
std::vector<int> children_by_search(int pid) {
    std::vector<int> out;
    for (const int candidate : numbers_in("/proc")) {
        const auto stat = read_stat(candidate);
        if (stat && stat->ppid == pid) {
            out.push_back(candidate);
        }
    }
    return out;
}

} // namespace

std::vector<int> children_of(int pid) {
    std::vector<int> out;
    for (const int thread : numbers_in(concat("/proc/", pid, "/task"))) {
        const std::string path = concat("/proc/", pid, "/task/", thread, "/children");
        const auto text = read_small_file(AT_FDCWD, path.c_str(), 1 << 20);
        if (!text) {
            if (errno == ENOENT && ::access("/proc/thread-self/children", F_OK) < 0) {
                return children_by_search(pid);
            }
            continue;
        }
        for (const std::string_view word : split(*text, ' ')) {
            if (const auto child = parse_number<int>(word)) {
                out.push_back(*child);
            }
        }
    }
    return out;
}

void become_subreaper() {
    checked(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "cannot become", "a subreaper");
}

Tree Tree::with_strangers() {
    Tree tree;
    for (const int pid : Tree().members()) {
        tree.before_.push_back(identify(pid, {}));
    }
    return tree;
}

Tree::Tree(const State& left) : inheritance_(left), cgroup_(Cgroup::open(left.cgroup)) {}

void Tree::begin_again() {
    if (!empty()) {
        for (const int pid : members()) {
            before_.push_back(identify(pid, {}));
            past_.push_back(before_.back());
        }
    }
    inheritance_ = {};
}

std::vector<int> Tree::everybody() const {
    std::vector<int> out = members();
    for (const ProcessId& id : past_) {
        const auto stat = read_stat(id.pid);
        if (stat && stat->start_time == id.start_time && stat->state != 'Z') {
            out.push_back(id.pid);
        }
    }
    return out;
}

bool Tree::is_stranger(int pid) const {
    const auto stat = before_.empty() ? std::nullopt : read_stat(pid);
    return stat && std::find(before_.begin(), before_.end(),
                             ProcessId{pid, stat->start_time, {}}) != before_.end();
}

std::vector<int> Tree::members() const {
    std::vector<int> out = members_below(::getpid());
    for (const auto& more : {cgroup_.members(), inheritance_.members()}) {
        for (const int pid : more) {
            if (std::find(out.begin(), out.end(), pid) == out.end() && !is_stranger(pid)) {
                out.push_back(pid);
            }
        }
    }
    return out;
}

std::vector<int> Tree::members_below(int root) const {
    std::vector<int> out;
    std::vector<int> todo = children_of(root);
    while (!todo.empty()) {
        const int pid = todo.back();
        todo.pop_back();
        const auto stat = read_stat(pid);
        const bool known = std::find(out.begin(), out.end(), pid) != out.end();
        if (!stat || known) {
            continue;
        }
        const ProcessId id{pid, stat->start_time, {}};
        const bool helps_us = stat->ppid == ::getpid() && is_closer(stat->exit_signal);
        if (helps_us || std::find(before_.begin(), before_.end(), id) != before_.end()) {
            continue;
        }
        if (stat->state != 'Z' && stat->state != 'X') {
            out.push_back(pid);
        }
        const auto children = children_of(pid);
        todo.insert(todo.end(), children.begin(), children.end());
    }
    return out;
}

bool Tree::empty() const {
    if (!before_.empty() ? has_others() : !cgroup_.empty()) {
        return false;
    }
    return has_no_children() && (!inheritance_ || inheritance_.members().empty());
}

/// In the cgroup, except those from before.
bool Tree::has_others() const {
    const auto there = cgroup_.members();
    return std::any_of(there.begin(), there.end(), [this](int pid) { return !is_stranger(pid); });
}

bool Tree::has_no_children() const {
    siginfo_t info{};
    const int r = ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);
    if (r < 0 && errno == ECHILD) {
        return true;
    }
    const auto children = children_of(::getpid());
    if (r < 0 && children.empty()) {
        return true; // a sandbox denies the call
    }
    return !before_.empty() && !children.empty() &&
           std::all_of(children.begin(), children.end(), [this](int pid) {
               const auto stat = read_stat(pid);
               return (stat && is_closer(stat->exit_signal)) ||
                      std::any_of(before_.begin(), before_.end(),
                                  [pid](const ProcessId& id) { return id.pid == pid; });
           });
}

std::vector<int> Tree::children() const {
    std::vector<int> out;
    for (const int pid : members()) {
        const auto stat = read_stat(pid);
        if (stat && stat->ppid == ::getpid()) {
            out.push_back(pid);
        }
    }
    return out;
}

void Tree::kill_below(int child) const {
    // Only we reap it: until then its PID and process group are not reused.
    for (const int pid : members_below(child)) {
        const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
        if (process && contains(pid)) {
            send_signal(process, SIGKILL);
        }
    }
    if (::getpgid(child) == child) {
        ::kill(-child, SIGKILL);
    }
    ::kill(child, SIGKILL);
}

bool Tree::descends_from_us(int pid) const {
    const int self = ::getpid();
    // Deeper than any real tree; a loop can only come from PIDs reused in the meantime.
    for (int depth = 0; depth < 4096 && pid > 1; ++depth) {
        const auto stat = read_stat(pid);
        if (!stat) {
            return false;
        }
        const ProcessId id{pid, stat->start_time, {}};
        if (std::find(before_.begin(), before_.end(), id) != before_.end()) {
            return false;
        }
        if (stat->ppid == self) {
            return true;
        }
        pid = stat->ppid;
    }
    return false;
}

bool Tree::contains(int pid) const {
    return descends_from_us(pid) ||
           (!is_stranger(pid) && (cgroup_.contains(pid) || inheritance_.contains(pid)));
}

void Tree::signal(const std::vector<int>& signals, const std::function<bool(int)>& spare,
                  TimeSpan budget) {
    std::set<std::pair<int, std::uint64_t>> reached;
    // A service that forks faster than we walk must not keep us here, where nobody reaps. But on a
    // machine that has no time for us nothing else would bring us back before the timeout.
    constexpr int least_walks = 2;
    constexpr int most_walks = 100;
    const TimeSpan end = sum(monotonic_now(), budget);
    if (signals.front() == SIGKILL && before_.empty()) {
        cgroup_.kill();
    }
    bool somebody_new = true;
    const auto may_walk = [&](int walk) {
        return walk < least_walks || (walk < most_walks && monotonic_now() < end);
    };
    for (int walk = 0; somebody_new && may_walk(walk); ++walk) {
        somebody_new = false;
        for (const int pid : members()) {
            const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
            // Opened first, checked then: the PID can no longer be reused.
            const auto stat = process ? read_stat(pid) : std::nullopt;
            if (!stat) {
                somebody_new = true; // gone in the meantime, but its children may not be
                continue;
            }
            if (!contains(pid) || !reached.emplace(pid, stat->start_time).second) {
                continue;
            }
            somebody_new = true;
            if (spare(pid)) {
                continue;
            }
            for (const int signal : signals) {
                send_signal(process, signal);
            }
        }
    }
}

} // namespace amphid
