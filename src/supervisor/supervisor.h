// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "machine/ending.h"
#include "machine/machine.h"
#include "plan/plan.h"
#include "supervisor/checks.h"
#include "supervisor/closer.h"
#include "supervisor/descriptors.h"
#include "supervisor/executor.h"
#include "supervisor/handles.h"
#include "supervisor/main_search.h"
#include "supervisor/messages.h"
#include "supervisor/notify_server.h"
#include "supervisor/processes.h"
#include "supervisor/service_files.h"
#include "supervisor/signal_meaning.h"
#include "supervisor/upstream.h"

#include <functional>

namespace amphid {

/// Runs one service from start to end. Coordinates its owners, each of which holds its own
/// descriptors and state, gets its events from the loop and reports to the queue: passes each event
/// to the machine, performs the effects, and writes the state. Decides nothing itself.
class Supervisor {
public:
    /// `identity` has the constant part of the state: name, config, mode, unit, manager, pid file.
    Supervisor(const Plan& plan, State&& identity, Handles&& handles);

    /// Returns when the service has ended for good and its files are removed.
    Ending run();

private:
    // supervisor.cpp: from the first step to the last.
    void begin();
    void prepare_first();
    void begin_activation();
    void adopt(const State& left);
    void leave_streams();
    void abandon(const std::string& why);
    void give_up_take_over(const std::string& why);

    // Events: queue → machine → effects → state.
    void deliver();
    void apply(const Event& event);
    void note_progress();
    State projected() const;
    Situation situation() const;

    // input.cpp: signals and notifications.
    void read_signals();
    SignalFacts facts_about(const signalfd_siginfo& info);
    void on_signal(SignalMeaning meaning, const signalfd_siginfo& info);
    void interrupted();
    bool ended_by_interrupt(const Event& event) const;
    void on_message(NotifyMessage& said, Notification& message);
    void take_status(const NotifyMessage& said, bool from_main);
    void take_watchdog(const NotifyMessage& said);
    void take_descriptors(const NotifyMessage& said, Notification& message);
    void take_main_pid(const NotifyMessage& said);
    bool follow_main();
    void main_has_changed();

    // effects.cpp: the effects of the machine.
    void perform(const BeginActivation&);
    void perform(const SpawnMain&);
    void perform(const SpawnControl&);
    void perform(const FindMain&);
    void perform(const AskConditions&);
    void perform(const SignalTree&);
    void perform(const KillControl&);
    void perform(const Reload&);
    void perform(const ReportReload&);
    void perform(const ArmTimer&);
    void perform(const DisarmTimer&);
    void perform(const AnnounceReady&);
    void perform(const AnnounceStopping&);
    void perform(const AnnounceReloading&);
    void perform(const AnnounceReloaded&);
    void perform(const AskForTime&);
    void perform(const AnnounceRestart&);
    void perform(const Finish&);
    void prepare(const Command& command, CommandList list);
    bool renew_sockets();
    Spawned start(const Command& command, CommandList list, Processes::Role role);
    void note_started(Processes::Role role, int pid, const StateRecord& record);
    bool attempt(const std::function<void()>& step);
    void note_failure();
    void forget_failure();
    void report_end();
    void report_skip();
    void report_start();
    void note_left_behind();

    const Plan& plan_;
    Handles handles_;
    State identity_;
    Machine machine_;
    ActivationFacts activation_;
    ReloadRecord reloads_;
    std::optional<TimeSpan> reloading_since_; // MONOTONIC_USEC of the service's RELOADING=1
    EventQueue events_{[this] { deliver(); }};

    Loop loop_;
    Upstream upstream_;
    ServiceFiles files_;
    Streams streams_;
    Executor executor_;
    Processes processes_;
    MainSearch main_search_;
    Checks checks_;
    Closer closer_;
    Descriptors descriptors_;
    NotifyServer notify_;
    EventSource signals_source_;
    EventSource upstream_source_;
    Timer deadline_;

    /// True while taking over from a killed launcher: a failure of ours must not end the service.
    bool takes_over_ = false;
    bool is_known_ = false; // once ready, or taken over: a file error no longer ends the service
    bool main_is_news_ = false;        // its start was not logged yet
    bool first_is_prepared_ = false;   // the first process was prepared before the fork
    bool detached_ = false;            // nobody reads our standard error any more
    bool settled_ = false;             // the memory used by the start can be released
    bool may_restart_at_once_ = false; // in this turn of the loop
    bool finished_ = false;
    TimeSpan interrupted_at_;     // time of the last ^C; 0: none
    bool group_was_told_ = false; // the service got the stop signal without us
};

} // namespace amphid
