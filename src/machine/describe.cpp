// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "machine/machine.h"

#include <array>
#include <type_traits>

namespace amphid {

namespace {

std::string text_of(const Event& event) {
    struct Text {
        std::string operator()(StartRequested) { return "StartRequested"; }
        std::string operator()(StopRequested) { return "StopRequested"; }
        std::string operator()(ReloadRequested) { return "ReloadRequested"; }
        std::string operator()(MainStarted) { return "MainStarted"; }
        std::string operator()(const ExecFailed& e) {
            return concat("ExecFailed(", name_of(e.stage), ')');
        }
        std::string operator()(const MainExited& e) {
            return concat("MainExited(", name_of(e.exit.kind), ' ', e.exit.status,
                          e.nothing_left ? ")" : ", others left)");
        }
        std::string operator()(TreeEmpty) { return "TreeEmpty"; }
        std::string operator()(NotifiedReady) { return "NotifiedReady"; }
        std::string operator()(NotifiedStopping) { return "NotifiedStopping"; }
        std::string operator()(const NotifiedExtend& e) {
            return concat("NotifiedExtend(", format_time_span(e.by), ')');
        }
        std::string operator()(const ReloadFinished& e) {
            return e.ok ? "ReloadFinished(ok)" : "ReloadFinished(failed)";
        }
        std::string operator()(OutOfResources) { return "OutOfResources"; }
        std::string operator()(TimerElapsed) { return "TimerElapsed"; }
    };
    return std::visit(Text{}, event.what);
}

std::string text_of(const Effect& effect, Moment now) {
    struct Text {
        Moment now;
        std::string operator()(SpawnMain) { return "SpawnMain"; }
        std::string operator()(TerminateTree) { return "TerminateTree"; }
        std::string operator()(KillTree) { return "KillTree"; }
        std::string operator()(Reload) { return "Reload"; }
        std::string operator()(const ReportReload& e) {
            return e.ok ? "ReportReload(ok)" : "ReportReload(failed)";
        }
        std::string operator()(const ArmTimer& e) {
            return concat("ArmTimer(", format_time_span({e.at.usec - now.usec}), ')');
        }
        std::string operator()(DisarmTimer) { return "DisarmTimer"; }
        std::string operator()(AnnounceReady) { return "AnnounceReady"; }
        std::string operator()(AnnounceStopping) { return "AnnounceStopping"; }
        std::string operator()(AnnounceReloading) { return "AnnounceReloading"; }
        std::string operator()(AnnounceReloaded) { return "AnnounceReloaded"; }
        std::string operator()(const AskForTime& e) {
            return concat("AskForTime(", format_time_span(e.span), ')');
        }
        std::string operator()(Finish) { return "Finish"; }
    };
    return std::visit(Text{now}, effect);
}

struct NamedPolicy {
    std::string_view name;
    Policy policy;
};

std::array<NamedPolicy, 3> sample_policies() {
    Policy notify;
    notify.type = ServiceType::notify;
    notify.restart = Restart::on_failure;
    notify.timeout_start = seconds(30);
    notify.timeout_stop = seconds(20);
    Policy under_systemd = notify;
    under_systemd.restart_is_ours = false;
    Policy exec = notify;
    exec.type = ServiceType::exec;
    exec.restart = Restart::always;
    exec.restart_delay = {};
    return {NamedPolicy{"type notify, restart on-failure after 100ms", notify},
            NamedPolicy{"type notify, restart by systemd", under_systemd},
            NamedPolicy{"type exec, restart always at once", exec}};
}

constexpr Moment now = seconds(1000);

struct Sample {
    std::string_view name;
    Machine machine;
};

/// A machine as it is when it has been in this state for a while.
Machine settled_in(ServiceState state, ServiceResult result = ServiceResult::success) {
    Machine m;
    m.state = state;
    m.result = result;
    m.limit_begin = seconds(995);
    m.limit_count = 1;
    m.main_alive = true;
    m.ready = m.ever_ready = state != ServiceState::start;
    m.terminated = state == ServiceState::stop_sigterm || state == ServiceState::stop_sigkill;
    const bool waits = state != ServiceState::running && state != ServiceState::reload;
    m.deadline = waits ? after(now, seconds(10)) : TimeSpan::infinity();
    return m;
}

Machine stopping_on_request(ServiceState state, ServiceResult result = ServiceResult::success) {
    Machine m = settled_in(state, result);
    m.stop_requested = true;
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
    m.ready = m.ever_ready = false;
    return m;
}

Machine at_its_limit(Machine m) {
    m.limit_count = 5;
    m.limit_begin = after(now, seconds(5));
    return m;
}

std::vector<Sample> sample_machines() {
    using enum ServiceState;
    const MainExit seven{ExitKind::exited, 7, ExecStage::none};
    const MainExit clean{ExitKind::exited, 0, ExecStage::none};
    Machine restarting = settled_in(start);
    restarting.ever_ready = true;
    const Machine waiting = without_main(settled_in(auto_restart, ServiceResult::exit_code), seven);
    return {
        {"dead", Machine{}},
        {"start, for the first time", settled_in(start)},
        {"start, again", restarting},
        {"running", settled_in(running)},
        {"reload", settled_in(reload)},
        {"stop-sigterm, requested", stopping_on_request(stop_sigterm)},
        {"stop-sigterm, requested, main process gone",
         without_main(stopping_on_request(stop_sigterm), clean)},
        {"stop-sigterm, announced by the service", without_kill_signal(settled_in(stop_sigterm))},
        {"stop-sigterm, after a crash",
         without_main(settled_in(stop_sigterm, ServiceResult::exit_code), seven)},
        {"stop-sigterm, the start timed out",
         never_ready(settled_in(stop_sigterm, ServiceResult::timeout))},
        {"stop-sigkill, requested", stopping_on_request(stop_sigkill, ServiceResult::timeout)},
        {"stop-sigkill, after a crash",
         without_main(settled_in(stop_sigkill, ServiceResult::exit_code), seven)},
        {"auto-restart", waiting},
        {"auto-restart, start limit used up", at_its_limit(waiting)},
    };
}

std::vector<Event> sample_events() {
    const auto exited = [](ExitKind kind, int status, bool nothing_left) {
        return Event{now, MainExited{{kind, status, ExecStage::none}, nothing_left}};
    };
    return {{now, StartRequested{}},
            {now, StopRequested{}},
            {now, ReloadRequested{}},
            {now, MainStarted{}},
            {now, ExecFailed{ExecStage::exec, 2}},
            exited(ExitKind::exited, 0, true),
            exited(ExitKind::exited, 7, true),
            exited(ExitKind::killed, SIGSEGV, true),
            exited(ExitKind::exited, 0, false),
            exited(ExitKind::exited, 7, false),
            {now, TreeEmpty{}},
            {now, NotifiedReady{}},
            {now, NotifiedStopping{}},
            {now, NotifiedExtend{seconds(60)}},
            {now, ReloadFinished{true}},
            {now, ReloadFinished{false}},
            {now, OutOfResources{}},
            {now, TimerElapsed{}}};
}

std::string row(const Machine& m, const Policy& policy, const Event& sample) {
    if (std::holds_alternative<MainExited>(sample.what) && !m.main_alive) {
        return {};
    }
    const bool timer = std::holds_alternative<TimerElapsed>(sample.what);
    if (timer && m.deadline.is_infinite()) {
        return {};
    }
    const Event event{timer ? m.deadline : sample.at, sample.what};
    const Step next = step(m, policy, event);
    if (next.next == m && next.effects.empty()) {
        return {};
    }
    std::string out = concat("    ", text_of(event));
    out.resize(std::max<std::size_t>(out.size() + 1, 38), ' ');
    out += concat("-> ", name_of(next.next.state));
    if (next.next.result != m.result) {
        out += concat(" [", name_of(next.next.result), ']');
    }
    for (const Effect& effect : next.effects) {
        out += concat(' ', text_of(effect, event.at));
    }
    return out + '\n';
}

} // namespace

std::string describe_transitions() {
    std::string out;
    for (const auto& [name, policy] : sample_policies()) {
        out += concat("== ", name, '\n');
        for (const Sample& sample : sample_machines()) {
            out += concat("  ", sample.name, '\n');
            for (const Event& event : sample_events()) {
                out += row(sample.machine, policy, event);
            }
        }
    }
    return out;
}

} // namespace amphid
