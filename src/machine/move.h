// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "machine/machine.h"

namespace amphid {

template <class T>
const T* get(const Event& event) {
    return std::get_if<T>(&event.what);
}

template <class T>
bool is(const Event& event) {
    return get<T>(event) != nullptr;
}

/// One step in the making: the machine as it moves, and the effects written down on the way.
struct Move {
    Machine m;
    const Policy& policy;
    const Event& event;
    std::vector<Effect> effects{};

    void emit(Effect effect) { effects.push_back(effect); }
    void arm(TimeSpan span);
    void disarm();
    /// The service or the file asks for more: a deadline is never shortened (systemd,
    /// service_extend_timeout).
    void extend(TimeSpan by);
    /// The first failure of an activation is its result.
    void fail(ServiceResult result, bool by_control = false);
    /// The process of that role is gone; whether its end is a failure is recorded.
    ServiceResult take(const MainExited& exited);
    ServiceResult take(const ControlExited& exited);
    bool somebody_known() const { return m.main_alive || m.control_alive; }
    Step done() { return {std::move(m), std::move(effects)}; }
};

// The phases, by the state that they enter; each moves on where there is nothing to do in it.

void enter_condition(Move& move);
void enter_running(Move& move);
/// Up, for as long as runtime_max allows.
void stay_running(Move& move);
/// Something of the service runs that it is up for (systemd, service_good()).
bool is_good(const Move& move);
/// A stop was asked for: drain, exec-stop, kill-signal, as far as there are such.
void begin_stop(Move& move);
void enter_stop(Move& move);
void enter_stop_sigterm(Move& move);
void enter_stop_watchdog(Move& move);
void enter_stop_post(Move& move);
/// A failure before the service was up: no exec-stop, which is for services that were.
void stop_after_failure(Move& move);
/// Nothing of the activation is left to do: again, or the end.
void ended(Move& move);
void finish(Move& move);
/// A reload that cannot be: it begins and ends in one.
void refuse_reload(Move& move);
void request_stop(Move& move, bool restart);
void out_of_resources(Move& move);

/// Runs the list's commands one after the other in that state; false where it has none.
bool run_list(Move& move, CommandList list, ServiceState state, TimeSpan timeout);
/// A hook of this state ended: true where the next one of its list runs now.
bool run_next(Move& move, ServiceResult result, TimeSpan timeout);

Step in_start(Move move);
Step in_running(Move move);
Step in_reload(Move move);
Step in_drain(Move move);
Step in_stop(Move move);

/// systemd's rate limit: at most burst starts in each interval, counted from its first.
bool within_start_limit(Move& move);
/// Processes that ought to be gone are not.
bool has_survivors(const Move& move);
/// True where another start follows by itself.
bool restarts_now(const Move& move);

} // namespace amphid
