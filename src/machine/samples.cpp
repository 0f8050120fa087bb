// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "machine/samples.h"

#include <algorithm>
#include <csignal>

namespace amphid {

namespace {

void give_hooks(Policy& policy) {
    for (auto& list : policy.ignored_failures) {
        list = {false};
    }
}

constexpr Moment now = sample_moment;

/// The list whose hook runs in a state; exec_start if none does.
CommandList list_of(ServiceState state) {
    switch (state) {
    case ServiceState::condition:
        return CommandList::exec_condition;
    case ServiceState::start_pre:
        return CommandList::exec_start_pre;
    case ServiceState::start_post:
        return CommandList::exec_start_post;
    case ServiceState::reload:
        return CommandList::exec_reload;
    case ServiceState::stop:
        return CommandList::exec_stop;
    case ServiceState::stop_post:
        return CommandList::exec_stop_post;
    default:
        return CommandList::exec_start;
    }
}

/// A machine that has been in this state for a while.
Machine settled_in(ServiceState state, const Policy& policy,
                   ServiceResult result = ServiceResult::success) {
    Machine m;
    m.state = state;
    m.result = result;
    m.limit_begin = seconds(995);
    m.limit_count = 1;
    m.list = list_of(state);
    const bool forks = policy.type == ServiceType::forking && state == ServiceState::start;
    const bool has_hook = m.list != CommandList::exec_start && !policy.commands(m.list).empty();
    m.control_alive = forks || has_hook;
    const bool early = state == ServiceState::condition || state == ServiceState::start_pre;
    const bool late = state > ServiceState::stop_sigkill;
    m.main_alive = !early && !late && !forks && state != ServiceState::exited;
    m.tree_alive = true;
    m.ready = !is_starting(state);
    m.reloads = is_reloading(state) ? 1 : 0;
    m.ready_at = seconds(999);
    m.terminated = state >= ServiceState::stop_watchdog && is_stopping(state);
    const bool waits = state != ServiceState::running && state != ServiceState::exited &&
                       (state != ServiceState::reload || m.control_alive);
    m.deadline = waits ? after(now, seconds(10)) : TimeSpan::infinity();
    return m;
}

Machine on_request(Machine m) {
    m.sequel = Sequel::stop;
    return m;
}

Machine without_main(Machine m, MainExit exit) {
    m.main_alive = false;
    m.exit = exit;
    return m;
}

Machine without_kill_signal(Machine m) {
    m.terminated = false;
    return m;
}

Machine never_ready(Machine m) {
    m.ready = false;
    return m;
}

Machine answering(Machine m) {
    m.answers_reload = AnswersReload::yes;
    return m;
}

Machine awaiting_main(Machine m) {
    m.control_alive = false;
    m.awaits_main = true;
    return m;
}

Machine running_end_hook(Machine m) {
    m.main_alive = false;
    m.list = CommandList::on_failure;
    m.end_hooks = EndHooks::begun;
    return m;
}

Machine at_its_limit(Machine m) {
    m.limit_count = 5;
    m.limit_begin = after(now, seconds(5));
    return m;
}

/// States that only some policies reach.
bool is_reachable(ServiceState state, const Policy& policy) {
    switch (state) {
    case ServiceState::condition:
    case ServiceState::start_pre:
    case ServiceState::start_post:
    case ServiceState::stop:
    case ServiceState::stop_post:
    case ServiceState::final_sigterm:
    case ServiceState::final_sigkill:
        return !policy.commands(CommandList::exec_stop).empty();
    case ServiceState::reload_signal:
    case ServiceState::reload_notify:
        return is_notify(policy.type);
    case ServiceState::exited:
        return policy.remain_after_exit;
    case ServiceState::drain:
        return policy.drain.usec > 0;
    case ServiceState::stop_watchdog:
    case ServiceState::stop_sigterm:
    case ServiceState::stop_sigkill:
        return policy.kill_mode != KillMode::none;
    default:
        return state != ServiceState::failed;
    }
}

/// Decides for each event whether it is impossible for this machine.
struct IsImpossible {
    const Machine& m;
    const Policy& policy;

    bool operator()(const MainExited&) const { return !m.main_alive; }
    bool operator()(const ControlExited&) const { return !m.control_alive; }
    bool operator()(const TreeEmpty&) const {
        return m.main_alive || m.control_alive || !m.tree_alive;
    }
    bool operator()(const TimerElapsed&) const { return m.deadline.is_infinite(); }
    bool operator()(const MainStarted&) const {
        return m.state != ServiceState::start || policy.type == ServiceType::forking;
    }
    bool operator()(const ExecFailed&) const { return (*this)(MainStarted{}); }
    bool operator()(const MainFound&) const { return !finds() && !names(); }
    bool operator()(const MainUnknown&) const { return !finds(); }
    bool operator()(const ConditionsMet&) const { return !m.asks; }
    bool operator()(const ReloadFinished&) const {
        return m.control_alive ||
               (m.state != ServiceState::reload && m.state != ServiceState::reload_signal);
    }
    template <class Other>
    bool operator()(const Other&) const {
        return false;
    }

    bool finds() const {
        return policy.type == ServiceType::forking && is_starting(m.state) && !m.control_alive;
    }

    /// A service may name its main process.
    bool names() const {
        return m.tree_alive &&
               (m.state == ServiceState::start || m.state == ServiceState::start_post ||
                m.state == ServiceState::running || is_reloading(m.state) ||
                m.state == ServiceState::drain || m.state == ServiceState::stop ||
                m.state == ServiceState::stop_sigterm);
    }
};

} // namespace

std::vector<NamedPolicy> sample_policies() {
    Policy notify;
    notify.type = ServiceType::notify;
    notify.restart = Restart::on_failure;
    notify.timeout_start = seconds(30);
    notify.hears_service = true;
    notify.timeout_stop = seconds(20);
    Policy under_systemd = notify;
    under_systemd.restart_is_ours = false;
    Policy exec = notify;
    exec.type = ServiceType::exec;
    exec.hears_service = false;
    exec.restart = Restart::always;
    exec.restart_delay = {};
    Policy hooks = notify;
    give_hooks(hooks);
    Policy reloading = notify;
    reloading.type = ServiceType::notify_reload;
    reloading.kill_mode = KillMode::mixed;
    Policy forking = notify;
    forking.type = ServiceType::forking;
    forking.hears_service = false;
    forking.has_pid_file = true;
    forking.kill_mode = KillMode::process;
    Policy oneshot = notify;
    oneshot.type = ServiceType::oneshot;
    oneshot.hears_service = false;
    oneshot.timeout_start = TimeSpan::infinity();
    oneshot.remain_after_exit = true;
    oneshot.kill_mode = KillMode::none;
    Policy asking = exec;
    asking.has_conditions = true;
    Policy draining = hooks;
    draining.drain = seconds(5);
    return {{"type notify, restart on-failure after 100ms", notify},
            {"type notify, restart by systemd", under_systemd},
            {"type exec, restart always at once", exec},
            {"type notify, a hook of every kind", hooks},
            {"type notify-reload, kill-mode mixed", reloading},
            {"type forking with a pid file, kill-mode process", forking},
            {"type oneshot, remain-after-exit, kill-mode none", oneshot},
            {"type exec with conditions of [ready]", asking},
            {"type notify, a hook of every kind, drain", draining}};
}

std::vector<SampleMachine> sample_machines(const Policy& policy) {
    using enum ServiceState;
    const MainExit seven{ExitKind::exited, 7, ExecStage::none};
    const MainExit clean{ExitKind::exited, 0, ExecStage::none};
    const auto in = [&](ServiceState state, ServiceResult result = ServiceResult::success) {
        return settled_in(state, policy, result);
    };
    const Machine waiting = without_main(in(auto_restart, ServiceResult::exit_code), seven);
    std::vector<SampleMachine> out{
        {"dead", Machine{}},
        {"condition", in(condition)},
        {"start-pre", in(start_pre)},
        {"start", in(start)},
        {"start-post", in(start_post)},
        {"running", in(running)},
        {"exited", in(exited)},
        {"reload", in(reload)},
        {"reload-signal", in(reload_signal)},
        {"reload-notify", in(reload_notify)},
        {"drain, requested", on_request(in(drain))},
        {"stop, requested", on_request(in(stop))},
        {"stop-watchdog", in(stop_watchdog, ServiceResult::watchdog)},
        {"stop-sigterm, requested", on_request(in(stop_sigterm))},
        {"stop-sigterm, requested, main process gone",
         on_request(without_main(in(stop_sigterm), clean))},
        {"stop-sigterm, announced by the service", without_kill_signal(in(stop_sigterm))},
        {"stop-sigterm, after a crash",
         without_main(in(stop_sigterm, ServiceResult::exit_code), seven)},
        {"stop-sigterm, the start timed out",
         never_ready(in(stop_sigterm, ServiceResult::timeout))},
        {"stop-sigkill, requested", on_request(in(stop_sigkill, ServiceResult::timeout))},
        {"stop-sigkill, after a crash",
         without_main(in(stop_sigkill, ServiceResult::exit_code), seven)},
        {"stop-post, requested", on_request(without_main(in(stop_post), clean))},
        {"stop-post, after a crash", without_main(in(stop_post, ServiceResult::exit_code), seven)},
        {"stop-post, on-failure", running_end_hook(in(stop_post, ServiceResult::exit_code))},
        {"final-sigterm, requested", on_request(without_main(in(final_sigterm), clean))},
        {"final-sigkill, requested", on_request(without_main(in(final_sigkill), clean))},
        {"auto-restart", waiting},
        {"auto-restart, start limit used up", at_its_limit(waiting)},
    };
    if (policy.hears_service) {
        out.push_back({"reload, of a service that answered the last one", answering(in(reload))});
    }
    if (policy.has_conditions) {
        Machine asks = in(start);
        asks.asks = true;
        out.push_back({"start, asking", asks});
    }
    if (policy.type == ServiceType::forking) {
        out.push_back({"start, awaiting the pid file", awaiting_main(in(start))});
    }
    std::erase_if(out,
                  [&](const SampleMachine& s) { return !is_reachable(s.machine.state, policy); });
    return out;
}

std::vector<Event> sample_events() {
    const auto main_exited = [](ExitKind kind, int status, bool nothing_left) {
        return Event{now, MainExited{{kind, status, ExecStage::none}, nothing_left}};
    };
    const auto control_exited = [](int status, bool nothing_left) {
        return Event{now, ControlExited{{ExitKind::exited, status, ExecStage::none}, nothing_left}};
    };
    return {{now, StartRequested{}},
            {now, StopRequested{}},
            {now, StopRequested{true}},
            {now, Adopted{ServiceState::running, true, true, 3}},
            {now, Adopted{ServiceState::start, true, true, 3}},
            {now, Adopted{ServiceState::running, true, false, 3}},
            {now, ReloadRequested{}},
            {now, MainStarted{}},
            {now, ExecFailed{ExecStage::exec, 2, true}},
            main_exited(ExitKind::exited, 0, true),
            main_exited(ExitKind::exited, 7, true),
            main_exited(ExitKind::killed, SIGSEGV, true),
            main_exited(ExitKind::unknown, 0, true),
            main_exited(ExitKind::exited, 0, false),
            main_exited(ExitKind::exited, 7, false),
            control_exited(0, true),
            control_exited(0, false),
            control_exited(7, false),
            {now, MainFound{}},
            {now, MainUnknown{}},
            {now, TreeEmpty{}},
            {now, NotifiedReady{}},
            {now, NotifiedStopping{}},
            {now, NotifiedReloading{now}},
            {now, NotifiedExtend{seconds(60)}},
            {now, ReloadFinished{true}},
            {now, ReloadFinished{false}},
            {now, ConditionsMet{}},
            {now, WatchdogFailed{}},
            {now, NameLost{}},
            {now, NotifiedRestartReset{}},
            {now, OutOfResources{}},
            {now, TimerElapsed{}}};
}

bool is_impossible(const Machine& machine, const Policy& policy, const Event& event) {
    return std::visit(IsImpossible{machine, policy}, event.what);
}

} // namespace amphid
