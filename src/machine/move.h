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

/// One step in progress: the new machine and the effects collected so far.
struct Move {
    Machine m;
    const Policy& policy;
    const Event& event;
    std::vector<Effect> effects{};

    void emit(Effect effect) { effects.push_back(effect); }
    void arm(TimeSpan span);
    void disarm();
    /// Extends the deadline, never shortens it (systemd, service_extend_timeout).
    void extend(TimeSpan by);
    /// The first failure of an activation is its result.
    void fail(ServiceResult result, bool by_control = false);
    /// Records the exit of the process with that role, and whether it is a failure.
    ServiceResult take(const MainExited& exited);
    ServiceResult take(const ControlExited& exited);
    bool somebody_known() const { return m.main_alive || m.control_alive; }
    Step done() { return {std::move(m), std::move(effects)}; }
};

// The phases, named after the state that they enter; each moves on if it has nothing to do.

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
/// The activation is over: restart or finish.
void ended(Move& move);
void finish(Move& move);
/// No restart follows: runs the commands of on-success or on-failure, then finishes.
void give_up(Move& move);
/// A command of on-success or on-failure ended.
void on_end_hook_exit(Move& move, const ControlExited& exited);
/// Refuses a reload: it begins and ends at once.
void refuse_reload(Move& move);
void request_stop(Move& move, bool restart);
void out_of_resources(Move& move);

/// Runs the list's commands in sequence in that state; false if there are none.
bool run_list(Move& move, CommandList list, ServiceState state, TimeSpan timeout);
/// A hook of this state ended: true if the next one of its list was started.
bool run_next(Move& move, ServiceResult result, TimeSpan timeout);

Step in_start(Move move);
Step in_running(Move move);
Step in_reload(Move move);
Step in_drain(Move move);
Step in_stop(Move move);

/// systemd's rate limit: at most burst starts in each interval, counted from its first.
bool within_start_limit(Move& move);
/// True if processes remain that should have ended.
bool has_survivors(const Move& move);
/// True if an automatic restart follows.
bool restarts_now(const Move& move);

} // namespace amphid
