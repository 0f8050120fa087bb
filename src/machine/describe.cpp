// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "machine/samples.h"

#include <algorithm>
#include <type_traits>

namespace amphid {

namespace {

std::string with_ok(std::string_view name, bool ok) {
    return concat(name, ok ? "(ok)" : "(failed)");
}

std::string with_exit(std::string_view name, const MainExit& exit, bool nothing_left) {
    return concat(name, '(', name_of(exit.kind), ' ', exit.status,
                  nothing_left ? ")" : ", others left)");
}

std::string text_of(const Event& event) {
    struct Text {
        std::string operator()(StartRequested) { return "StartRequested"; }
        std::string operator()(StopRequested e) {
            return e.restart ? "StopRequested(restart)" : "StopRequested";
        }
        std::string operator()(const Adopted& e) {
            return concat("Adopted(", name_of(e.state), e.main_alive ? ")" : ", no main process)");
        }
        std::string operator()(ReloadRequested) { return "ReloadRequested"; }
        std::string operator()(MainStarted) { return "MainStarted"; }
        std::string operator()(const ExecFailed& e) {
            return concat("ExecFailed(", name_of(e.stage), ')');
        }
        std::string operator()(const MainExited& e) {
            return with_exit("MainExited", e.exit, e.nothing_left);
        }
        std::string operator()(const ControlExited& e) {
            return with_exit("ControlExited", e.exit, e.nothing_left);
        }
        std::string operator()(MainFound) { return "MainFound"; }
        std::string operator()(MainUnknown) { return "MainUnknown"; }
        std::string operator()(TreeEmpty) { return "TreeEmpty"; }
        std::string operator()(NotifiedReady) { return "NotifiedReady"; }
        std::string operator()(NotifiedStopping) { return "NotifiedStopping"; }
        std::string operator()(NotifiedReloading) { return "NotifiedReloading"; }
        std::string operator()(const NotifiedExtend& e) {
            return concat("NotifiedExtend(", format_time_span(e.by), ')');
        }
        std::string operator()(const ReloadFinished& e) { return with_ok("ReloadFinished", e.ok); }
        std::string operator()(ConditionsMet) { return "ConditionsMet"; }
        std::string operator()(WatchdogFailed) { return "WatchdogFailed"; }
        std::string operator()(NameLost) { return "NameLost"; }
        std::string operator()(NotifiedRestartReset) { return "NotifiedRestartReset"; }
        std::string operator()(OutOfResources) { return "OutOfResources"; }
        std::string operator()(TimerElapsed) { return "TimerElapsed"; }
    };
    return std::visit(Text{}, event.what);
}

std::string_view name_of_signal(Which which) {
    switch (which) {
    case Which::kill:
        return "kill-signal";
    case Which::restart_kill:
        return "restart-kill-signal";
    case Which::final_kill:
        return "final-kill-signal";
    case Which::watchdog:
        return "watchdog-signal";
    }
    return {};
}

std::string text_of(const Effect& effect, Moment now) {
    struct Text {
        Moment now;
        std::string operator()(BeginActivation) { return "BeginActivation"; }
        std::string operator()(SpawnMain e) { return concat("SpawnMain(", e.index, ')'); }
        std::string operator()(SpawnControl e) {
            return concat("SpawnControl(", name_of(e.list), ' ', e.index, ')');
        }
        std::string operator()(FindMain e) { return e.wait ? "FindMain(wait)" : "FindMain"; }
        std::string operator()(AskConditions) { return "AskConditions"; }
        std::string operator()(SignalTree e) {
            return concat("SignalTree(", name_of_signal(e.which),
                          e.whom == Whom::everybody ? ")" : ", main and control only)");
        }
        std::string operator()(KillControl) { return "KillControl"; }
        std::string operator()(Reload) { return "Reload"; }
        std::string operator()(const ReportReload& e) { return with_ok("ReportReload", e.ok); }
        std::string operator()(const ArmTimer& e) {
            return concat(
                "ArmTimer(",
                format_time_span(e.at.is_infinite() ? e.at : TimeSpan{e.at.usec - now.usec}), ')');
        }
        std::string operator()(DisarmTimer) { return "DisarmTimer"; }
        std::string operator()(AnnounceReady) { return "AnnounceReady"; }
        std::string operator()(AnnounceStopping) { return "AnnounceStopping"; }
        std::string operator()(AnnounceReloading) { return "AnnounceReloading"; }
        std::string operator()(AnnounceReloaded) { return "AnnounceReloaded"; }
        std::string operator()(const AskForTime& e) {
            return concat("AskForTime(", format_time_span(e.span), ')');
        }
        std::string operator()(AnnounceRestart e) {
            return concat("AnnounceRestart(", format_time_span(e.delay), ')');
        }
        std::string operator()(Finish) { return "Finish"; }
    };
    return std::visit(Text{now}, effect);
}

std::string row(const Machine& m, const Policy& policy, const Event& sample) {
    if (is_impossible(m, policy, sample)) {
        return {};
    }
    const bool timer = std::holds_alternative<TimerElapsed>(sample.what);
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
        for (const SampleMachine& sample : sample_machines(policy)) {
            out += concat("  ", sample.name, '\n');
            for (const Event& event : sample_events()) {
                out += row(sample.machine, policy, event);
            }
        }
    }
    return out;
}

} // namespace amphid
