// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/processes.h"

#include "base/text.h"
#include "machine/ending.h"
#include "os/clock.h"
#include "os/process.h"
#include "supervisor/variables.h"

#include <csignal>
#include <cstdint>
#include <sys/epoll.h>
#include <sys/wait.h>

namespace amphid {

namespace {

constexpr int most_dead = 256; // of one turn

MainExit exit_of(int status) {
    if (WIFSIGNALED(status)) {
        return {WCOREDUMP(status) ? ExitKind::dumped : ExitKind::killed, WTERMSIG(status),
                ExecStage::none};
    }
    return {ExitKind::exited, WEXITSTATUS(status), ExecStage::none};
}

} // namespace

Processes::Processes(Loop& loop, const Plan& plan, const Machine& machine,
                     ActivationFacts& activation, EventQueue& events, Executor& executor,
                     const State* orphan, std::string boot_id, Log& log, Hooks hooks)
    : loop_(loop), plan_(plan), machine_(machine), activation_(activation), events_(events),
      executor_(executor), log_(log), hooks_(std::move(hooks)), boot_id_(std::move(boot_id)),
      tree_(orphan != nullptr ? Tree(*orphan)
            : plan.detach     ? Tree()
                              : Tree::with_strangers()),
      cgroup_source_(loop, Turn::processes,
                     [this] {
                         tree_.cgroup().acknowledge();
                         look_for_end_of_tree();
                     }),
      lineage_timer_(loop, Turn::processes, [this] { renew_lineage(); }) {}

uid_t Processes::uid() const {
    return plan_.context.credentials.uid.value_or(::geteuid());
}

/// Our own, or the unit's if systemd executed us: it contains only us and the service.
std::vector<std::uint64_t> Processes::cgroups() const {
    if (tree_.cgroup()) {
        return cgroup_ids(tree_.cgroup().path());
    }
    return plan_.manager == Manager::none ? std::vector<std::uint64_t>()
                                          : cgroup_ids(cgroup_directory_of(::getpid()));
}

Spawned Processes::run(const Command& command) {
    return executor_.start_check(command, variables_for(CommandList::exec_start_post, plan_,
                                                        machine_, activation_, main_.pid));
}

void Processes::describe(State& state) const {
    state.main = main_;
    state.control = control_;
    state.lineage = lineage_;
    state.cgroup = tree_.cgroup().path();
}

void Processes::use_new_cgroup(Cgroup::Leftovers leftovers) {
    cgroup_source_.off();
    tree_.use(Cgroup::make(plan_.name, leftovers));
    executor_.use_cgroup(tree_.cgroup().fd());
}

void Processes::begin_activation() {
    if (!tree_.empty()) {
        log_.write(LOG_WARNING, concat(plan_.name, ": PID ", list_of(tree_.members()),
                                       " of the last run still running, as kill-mode allows"));
    }
    tree_.begin_again();
    foreign_members_.clear();
    if (tree_.cgroup().is_spent()) {
        tree_.cgroup().remove();
        use_new_cgroup(Cgroup::Leftovers::keep);
    }
}

bool Processes::adopt(const State& left) {
    lineage_ = left.lineage;
    executor_.use_cgroup(tree_.cgroup().fd());
    Fd process = open_process(left.main);
    const bool alive = static_cast<bool>(process);
    if (alive) {
        main_ = left.main;
        renew_lineage();
        foreign_main_.emplace(loop_, std::move(process), [this] { look_at_main_end(); });
    }
    // A control process is of no use without its launcher.
    if (const Fd hook = try_open_process(left.control)) {
        send_signal(hook, SIGKILL);
    }
    return alive;
}

Lineage Processes::lineage_to_be(const ProcessId& main) const {
    return executor_.gets_own_group()
               ? amphid::lineage_to_be(main, executor_.gets_own_session(), uid(), standing())
               : Lineage{};
}

void Processes::renew_lineage() {
    const Lineage now = lineage_of(main_.pid, user_of(main_.pid).value_or(uid()), standing());
    if (main_.pid > 0 && now.group != 0) {
        lineage_ = now;
    }
}

Standing Processes::standing() const {
    return {::getpgrp(), ::getsid(0), plan_.detach};
}

void Processes::started(Role role, ProcessId id, Lineage lineage) {
    (role == Role::main ? main_ : control_) = std::move(id);
    if (role == Role::main) {
        lineage_ = lineage;
        foreign_main_.reset();
    }
}

bool Processes::is_child(int pid) const {
    const auto stat = read_stat(pid);
    return stat && stat->ppid == ::getpid();
}

void Processes::set_main(int pid) {
    main_ = identify(pid, boot_id_);
    renew_lineage();
    // A daemon may be named before it creates its session, as nginx is.
    constexpr TimeSpan a_while = seconds(1);
    lineage_timer_.set(after(monotonic_now(), a_while));
    foreign_main_.reset();
    if (!is_child(pid)) {
        if (Fd process = try_open_process(main_)) {
            foreign_main_.emplace(loop_, std::move(process), [this] { look_at_main_end(); });
        }
    }
}

/// systemd, service_is_suitable_main_pid(), but without foreign processes: the main process must be
/// one that we can watch and signal.
bool Processes::set_main_by_message(int pid, std::optional<std::uint64_t> pidfdid) {
    const ServiceState state = machine_.state;
    const bool in_time = state == ServiceState::start || state == ServiceState::start_post ||
                         state == ServiceState::running || is_reloading(state) ||
                         state == ServiceState::drain || state == ServiceState::stop ||
                         state == ServiceState::stop_sigterm;
    if (!in_time || pid == main_.pid) {
        return false;
    }
    const auto stat = read_stat(pid);
    const bool ours = stat && stat->state != 'Z' && pid != control_.pid && pid != ::getpid() &&
                      tree_.contains(pid);
    const auto id = pidfdid ? pidfd_id(pid) : std::nullopt;
    if (!ours || (id && id != pidfdid)) {
        log_.write(LOG_WARNING, concat(plan_.name, ": MAINPID=", pid,
                                       " refused, it is not a live process of this service"));
        return false;
    }
    set_main(pid);
    return true;
}

void Processes::reap() {
    std::optional<int> main_status;
    std::optional<int> control_status;
    int status = 0;
    int count = 0;
    const int options = WNOHANG | (hooks_.main_was_stopped ? WUNTRACED : 0);
    for (pid_t pid = ::waitpid(-1, &status, options); pid > 0;
         pid = ++count < most_dead ? ::waitpid(-1, &status, options) : 0) {
        if (!is_end(pid, status)) {
            note_stop(pid);
            continue;
        }
        if (pid == main_.pid && machine_.main_alive) {
            main_status = status;
        } else if (pid == control_.pid && machine_.control_alive) {
            control_status = status;
        } else {
            hooks_.other_ended(pid, status);
        }
    }
    if (count == most_dead) {
        ::raise(SIGCHLD); // the rest gets its turn after all others
    }
    // Checked when all zombies are reaped: each of them would count as a process that is left.
    if (main_status) {
        main_ended(exit_of(*main_status));
    }
    if (control_status) {
        if (machine_.state == ServiceState::reload) {
            hooks_.main_has_moved(); // systemd reads the pid file again after each reload
        }
        control_ = {};
        events_.post(ControlExited{exit_of(*control_status), nobody_left()});
    }
    events_.deliver();
    look_for_end_of_tree();
}

/// Stopped by job control, not by a tracer.
void Processes::note_stop(int pid) const {
    const auto stat = read_stat(pid);
    if (pid == main_.pid && stat && stat->state == 'T' && hooks_.main_was_stopped) {
        hooks_.main_was_stopped();
    }
}

void Processes::look_for_end_of_tree() {
    const bool killing = machine_.state == ServiceState::stop_sigkill ||
                         machine_.state == ServiceState::final_sigkill;
    if (killing && activation_.last_kill == Whom::everybody) {
        tree_.signal(signals_for(Which::final_kill)); // processes forked in the meantime
    }
    if (!machine_.tree_alive || machine_.main_alive || machine_.control_alive) {
        return;
    }
    if (!tree_.empty()) {
        watch_rest_of_tree();
    }
    // Watched first, checked then: none can end in between. An exiting process shows no environment
    // any more, but its pidfd still reports the exit.
    if (nobody_left()) {
        events_.post(TreeEmpty{});
    }
}

bool Processes::nobody_left() {
    forget_ended();
    return tree_.empty() && foreign_members_.empty();
}

void Processes::forget_ended() {
    foreign_members_.remove_if([](const Foreign& member) { return await_end(member.process, 0); });
}

/// What SIGCHLD does not report: a cgroup that becomes empty a moment later, processes whose parent
/// is init.
void Processes::watch_rest_of_tree() {
    cgroup_source_.on(tree_.cgroup().events(), EPOLLPRI);
    forget_ended();
    for (const int pid : tree_.inheritance().members()) {
        Fd process = try_open_process(identify(pid, boot_id_));
        if (process && !is_child(pid)) {
            foreign_members_.emplace_back(loop_, std::move(process), [this] {
                forget_ended();
                look_for_end_of_tree();
            });
        }
    }
}

void Processes::main_ended(const MainExit& exit) {
    log_.write(LOG_INFO,
               concat(plan_.name, ": main process ", main_.pid, ' ', describe_exit(exit, {})));
    if (hooks_.main_has_moved()) {
        return;
    }
    main_ = {};
    foreign_main_.reset();
    events_.post(MainExited{exit, nobody_left()});
}

/// A main process that is not our child has ended, unless it has become one.
void Processes::look_at_main_end() {
    hooks_.hear_messages();
    if (!foreign_main_ || !await_end(foreign_main_->process, 0)) {
        return; // a message has named another one
    }
    int status = 0;
    const bool known =
        ::waitpid(main_.pid, &status, WNOHANG) == main_.pid && is_end(main_.pid, status);
    main_ended(known ? exit_of(status) : MainExit{ExitKind::unknown, 0, ExecStage::none});
    events_.deliver();
    look_for_end_of_tree();
}

} // namespace amphid
