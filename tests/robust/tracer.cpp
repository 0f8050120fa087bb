// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "tracer.h"

#include "../process/proc.h"
#include "failing_calls.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <elf.h>
#include <fcntl.h>
#include <fstream>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace amphid::test {

namespace {

constexpr unsigned long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
                                  PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
constexpr int call_stop = SIGTRAP | 0x80;

long trace(__ptrace_request request, pid_t pid, unsigned long address, unsigned long data) {
    return ::ptrace(request, pid, address, data);
}

long monotonic_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

std::string link_of(const std::string& path) {
    std::array<char, 4096> text{};
    const ssize_t size = ::readlink(path.c_str(), text.data(), text.size());
    return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : "";
}

/// Where the dynamic loader of a process begins; 0 for a static program.
unsigned long loader_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/auxv", std::ios::binary);
    std::array<unsigned long, 2> pair{};
    while (file.read(reinterpret_cast<char*>(pair.data()), sizeof pair))
        if (pair[0] == AT_BASE)
            return pair[1];
    return 0;
}

/// Where what is mapped from the same file ends.
unsigned long end_of_mapping(pid_t pid, unsigned long begin) {
    std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
    std::string mapped;
    unsigned long end = 0;
    for (std::string line; std::getline(maps, line);) {
        unsigned long from = 0;
        unsigned long to = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx", &from, &to) != 2)
            continue;
        const auto slash = line.find('/');
        const std::string name = slash == std::string::npos ? "" : line.substr(slash);
        if (from == begin)
            mapped = name;
        if (from >= begin && !mapped.empty() && name == mapped)
            end = to;
    }
    return end;
}

/// Calls that fail in different ways count as different ones.
template <class Arguments>
long kind_of_call(pid_t pid, long number, const Arguments& arguments) {
    if (number == SYS_wait4 && (arguments[2] & WNOHANG) != 0)
        return does_not_wait | number;
    if (number != SYS_read && number != SYS_write)
        return number;
    const std::string fd = std::to_string(arguments[0]);
    const std::string target = link_of("/proc/" + std::to_string(pid) + "/fd/" + fd);
    return target.starts_with('/') ? number : in_no_file | number;
}

/// A daemon is "launcher", whichever command has started it.
std::string plain_role(const std::string& role) {
    for (const std::string start : {"command/1/1", "setup/1/1"})
        if (role == start)
            return "launcher";
    return role;
}

[[noreturn]] void become(const Words& words, const std::string& out, const std::string& err,
                         int gate) {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::setsid();
    char go = 0;
    while (::read(gate, &go, 1) < 0 && errno == EINTR) {
    }
    constexpr int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
    ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
    ::dup2(::open(out.c_str(), flags, 0644), 1);
    ::dup2(::open(err.c_str(), flags, 0644), 2);
    std::vector<char*> argv;
    for (const std::string& word : words)
        argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    std::array<char*, 2> environment{const_cast<char*>("PATH=/usr/bin:/bin"), nullptr};
    ::execve(argv[0], argv.data(), environment.data());
    ::_exit(127);
}

} // namespace

Tracer::Tracer(std::string program) : program_(std::move(program)) {
    sigset_t child;
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child, nullptr);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

Tracer::~Tracer() {
    kill_all();
}

pid_t Tracer::launch(const std::string& role, const Words& words, const std::string& out,
                     const std::string& err) {
    std::array<int, 2> gate{};
    if (::pipe2(gate.data(), O_CLOEXEC) < 0)
        return -1;
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::close(gate[1]);
        become(words, out, err, gate[0]);
    }
    ::close(gate[0]);
    if (!role.empty() && trace(PTRACE_SEIZE, pid, 0, options) == 0)
        traced_[pid] = {role};
    ::close(gate[1]);
    return pid;
}

void Tracer::arm(std::optional<Fault> fault) {
    fault_ = std::move(fault);
    armed_ = true;
}

bool Tracer::run_until(const std::function<bool()>& condition, int milliseconds) {
    const long end = monotonic_ms() + milliseconds;
    sigset_t child;
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    for (;;) {
        while (take_one()) {
        }
        if (condition())
            return true;
        const long left = end - monotonic_ms();
        if (left <= 0)
            return false;
        const timespec pause{0, std::min(left, 5L) * 1'000'000};
        ::sigtimedwait(&child, nullptr, &pause);
    }
}

void Tracer::run_until_quiet(int milliseconds) {
    for (long before = -1; before != events_;) {
        before = events_;
        run_until([&] { return events_ != before; }, milliseconds);
    }
}

std::optional<int> Tracer::end_of(pid_t pid) const {
    const auto found = ended_.find(pid);
    return found == ended_.end() ? std::nullopt : std::optional(found->second);
}

void Tracer::kill_all() {
    const auto nobody = [] {
        const auto all = descendants_of(::getpid(), true);
        for (const pid_t pid : all)
            ::kill(pid, SIGKILL);
        return all.empty();
    };
    if (!run_until(nobody, 10'000)) {
        std::fputs("fault injection: a process cannot be killed\n", stderr);
        std::abort();
    }
    traced_.clear();
    waiting_.clear();
    ended_.clear();
    counts_.clear();
    fault_.reset();
    armed_ = fired_ = false;
}

bool Tracer::take_one() {
    int status = 0;
    const pid_t pid = ::waitpid(-1, &status, __WALL | WNOHANG);
    if (pid <= 0)
        return false;
    if (WIFSTOPPED(status)) {
        take(pid, status);
    } else {
        ended_[pid] = status;
        traced_.erase(pid);
    }
    return true;
}

void Tracer::take(pid_t pid, int status) {
    const int signal = WSTOPSIG(status);
    const int event = status >> 16;
    const auto found = traced_.find(pid);
    if (found == traced_.end()) {
        waiting_.insert(pid);
    } else if (event == PTRACE_EVENT_STOP) {
        const bool group =
            signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
        if (group)
            trace(PTRACE_LISTEN, pid, 0, 0);
        else
            go_on(pid, 0);
    } else if (event != 0) {
        take_event(pid, event);
    } else if (signal == call_stop) {
        ++events_;
        take_call(pid, found->second);
        go_on(pid, 0);
    } else {
        go_on(pid, signal);
    }
}

void Tracer::take_event(pid_t pid, int event) {
    if (event == PTRACE_EVENT_EXEC) {
        take_execution(pid, traced_[pid]);
        return;
    }
    unsigned long child = 0;
    trace(PTRACE_GETEVENTMSG, pid, 0, reinterpret_cast<unsigned long>(&child));
    adopt(static_cast<pid_t>(child), pid);
    go_on(pid, 0);
}

void Tracer::adopt(pid_t pid, pid_t parent) {
    Traced& family = traced_[parent];
    Traced child = family;
    child.role = plain_role(family.role + '/' + std::to_string(++family.children));
    child.children = 0;
    child.fails_now = false;
    traced_[pid] = child;
    if (waiting_.erase(pid) > 0)
        go_on(pid, 0);
}

void Tracer::take_execution(pid_t pid, Traced& process) {
    const std::string at = "/proc/" + std::to_string(pid) + "/exe";
    if (link_of(at) != program_) {
        traced_.erase(pid);
        trace(PTRACE_DETACH, pid, 0, 0);
        return;
    }
    process.executed = true;
    process.loader_begin = loader_of(pid);
    process.loader_end = end_of_mapping(pid, process.loader_begin);
    go_on(pid, 0);
}

void Tracer::take_call(pid_t pid, Traced& process) {
    __ptrace_syscall_info info{};
    trace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, reinterpret_cast<unsigned long>(&info));
    if (info.op == PTRACE_SYSCALL_INFO_EXIT && std::exchange(process.fails_now, false))
        trace(PTRACE_POKEUSER, pid, offsetof(user, regs.rax),
              static_cast<unsigned long>(-static_cast<long>(fault_->error)));
    const bool by_loader = info.instruction_pointer >= process.loader_begin &&
                           info.instruction_pointer < process.loader_end;
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY || !armed_ || !process.executed || by_loader)
        return;
    const long number = kind_of_call(pid, static_cast<long>(info.entry.nr), info.entry.args);
    const int nth = ++counts_[{process.role, number}];
    const bool is_it = fault_ && !fired_ && fault_->call == number && fault_->nth == nth &&
                       fault_->role == process.role;
    if (is_it)
        let_fail(pid, process);
}

void Tracer::let_fail(pid_t pid, Traced& process) {
    fired_ = true;
    process.fails_now = true;
    // What a failed close(2) was given is closed all the same.
    if (!happens_though_it_fails(fault_->call))
        trace(PTRACE_POKEUSER, pid, offsetof(user, regs.orig_rax), ~0UL);
}

void Tracer::go_on(pid_t pid, int signal) const {
    const auto found = traced_.find(pid);
    const bool call_by_call = found != traced_.end() && (found->second.fails_now || !fired_);
    trace(call_by_call ? PTRACE_SYSCALL : PTRACE_CONT, pid, 0, static_cast<unsigned long>(signal));
}

} // namespace amphid::test
