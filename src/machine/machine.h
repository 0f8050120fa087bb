// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "machine/event.h"
#include "plan/policy.h"
#include "plan/words.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace amphid {

// What the machine wants done, in order. Effects name roles, never PIDs.

/// A new activation begins.
struct BeginActivation {};
/// A command of exec-start as the main process. Answered by MainStarted or ExecFailed.
struct SpawnMain {
    std::size_t index = 0;
};
/// A hook, or the start command of type forking. Answered by ControlExited.
struct SpawnControl {
    CommandList list = CommandList::exec_start;
    std::size_t index = 0;
};
/// Type forking: which process is the main one? Answered by MainFound or MainUnknown; with `wait`
/// MainFound may come any time later, and MainUnknown comes only where there is no pid file.
struct FindMain {
    bool wait = false;
};
/// The service is ready according to `type`; start checking the conditions of [ready]. Answered by
/// ConditionsMet.
struct AskConditions {};
/// `main_and_control` leaves the rest of the tree alone.
enum class Whom : std::uint8_t { everybody, main_and_control };
/// kill-signal (with SIGCONT and send-sighup), restart-kill-signal in its place, or
/// final-kill-signal.
enum class Which : std::uint8_t { kill, restart_kill, final_kill, watchdog };
/// Answered by TreeEmpty, at once if there are no processes; a final signal is also sent to
/// processes that appear until then.
struct SignalTree {
    Whom whom = Whom::everybody;
    Which which = Which::kill;
};
/// SIGKILL for the running hook and its children.
struct KillControl {};
/// `reload-signal` to the main process. Answered by ReloadFinished.
struct Reload {};
/// The reload of this number has ended or was refused; the requester can learn the outcome.
struct ReportReload {
    std::uint64_t number = 0;
    bool ok = true;
};
/// There is a single timer: arming it again moves it. Infinity disarms it.
struct ArmTimer {
    Moment at;
};
struct DisarmTimer {};
struct AnnounceReady {};
struct AnnounceStopping {};
/// The reload of Machine::reloads begins.
struct AnnounceReloading {};
struct AnnounceReloaded {};
/// Asks the manager above us to wait at least this long from now.
struct AskForTime {
    TimeSpan span;
};
/// The activation is over, and another one follows after `delay`. A command that waits for this
/// start is told why it failed.
struct AnnounceRestart {
    TimeSpan delay;
};
/// The end: nothing more happens to this service. The state says how it ended.
struct Finish {};

using Effect = std::variant<BeginActivation, SpawnMain, SpawnControl, FindMain, AskConditions,
                            SignalTree, KillControl, Reload, ReportReload, ArmTimer, DisarmTimer,
                            AnnounceReady, AnnounceStopping, AnnounceReloading, AnnounceReloaded,
                            AskForTime, AnnounceRestart, Finish>;

/// Progress of the service's own messages about a reload (RELOADING=1, then READY=1).
enum class ReloadWords : std::uint8_t { none, reloading, ready };

/// What the end of a reload's hook means.
enum class ReloadHook : std::uint8_t {
    counts,  // its success is the reload's
    overdue, // it took too long and was killed: the reload has failed
    moot,    // the service has ended in the meantime, and the hook was killed
};

/// Whether the service answers a requested reload with messages of its own, as seen at the last
/// one.
enum class AnswersReload : std::uint8_t { unknown, yes, no };

/// One reload, from its request or its announcement by the service to its end.
struct ReloadCourse {
    bool again = false; // another one was requested in the meantime
    ReloadWords words = ReloadWords::none;
    ReloadHook hook = ReloadHook::counts;
    Moment begin;
    friend bool operator==(const ReloadCourse&, const ReloadCourse&) = default;
};

/// What made an activation fail.
struct Blame {
    ServiceResult result = ServiceResult::success;
    ServiceState in = ServiceState::dead;
    bool control = false; // a hook; the rest says which, and how it ended
    CommandList list = CommandList::exec_start;
    std::size_t command = 0;
    MainExit exit;
    friend bool operator==(const Blame&, const Blame&) = default;
};

/// What follows the end of an activation.
enum class Sequel : std::uint8_t {
    as_restart_says,
    start,           // an adopted service was only half up: it is stopped and started again
    stop,            // a stop was requested
    stop_of_restart, // a stop was requested, as the first half of a restart
};

/// on-success or on-failure: `begun` stays to the end; `killed`, one of them took too long.
enum class EndHooks : std::uint8_t { none, begun, killed };

/// What belongs to one activation, from its start to the next one's.
struct Activation {
    ServiceResult result = ServiceResult::success;
    MainExit exit;              // how the last main process ended
    MainExit control_exit;      // how the last hook ended
    bool main_alive = false;    // a main process is known and has not ended
    bool control_alive = false; // a hook, or the start command of type forking, runs
    bool tree_alive = false;    // some process of the service may be alive
    Sequel sequel = Sequel::as_restart_says;
    bool ready = false;      // has been ready
    bool terminated = false; // kill-signal has been sent
    bool gave_up = false;    // processes that are left now are left alone
    bool name_lost = false;  // on the bus
    EndHooks end_hooks = EndHooks::none;
    bool asks = false;                          // only [ready] does not hold yet
    bool awaits_main = false;                   // type forking: its pid file is not there yet
    CommandList list = CommandList::exec_start; // of the running hook
    std::size_t command = 0;                    // its index
    std::size_t main_command = 0;               // index of the main process's command in exec-start
    Blame blame;
    Moment ready_at;
    ReloadCourse reload; // the current one, in a state that is_reloading()

    bool stop_requested() const {
        return sequel == Sequel::stop || sequel == Sequel::stop_of_restart;
    }
    bool restart_requested() const { return sequel == Sequel::stop_of_restart; }
    friend bool operator==(const Activation&, const Activation&) = default;
};

/// A service as its launcher sees it (systemd's ServiceState and ServiceResult).
///
///   dead → condition → start-pre → start → start-post → running ⇄ reload, reload-signal,
///                │         │         │          │          │  ↘     reload-notify
///                │         │         │          │          │   exited (remain-after-exit)
///                │         │         │          │   (drain, if stopped)
///                │         │         │          │          ↓      ↓
///                │         │         │          │         stop ←──┘     exec-stop
///                └─ stop, failure, timeout ─────┴→ stop-sigterm ←┘      kill-signal
///                                                  stop-sigkill         final-kill-signal
///                                                  stop-post            exec-stop-post
///                                                  final-sigterm, final-sigkill: what that left
///                                                  stop-post            on-success, on-failure
///   auto-restart ← ours, Restart= ──────────────────────┴→ dead / failed, for good
///
/// The first failure of an activation is its result. A start that fails is tried again as Restart=
/// says, the first one, too, unless `retries_first_start` is off. A requested stop beats every
/// restart.
struct Machine : Activation {
    ServiceState state = ServiceState::dead;
    Moment deadline = TimeSpan::infinity(); // of the armed timer
    Moment limit_begin;                     // the running interval of the start limit
    unsigned limit_count = 0;
    /// The number of the last reload; requested, announced and refused ones all count.
    std::uint64_t reloads = 0;
    AnswersReload answers_reload = AnswersReload::unknown;
    std::uint64_t restarts = 0;
    std::uint64_t restarts_in_a_row = 0; // since the service was last healthy
    TimeSpan restart_delay;              // of the restart that is pending

    void begin_activation() { static_cast<Activation&>(*this) = {}; }
    friend bool operator==(const Machine&, const Machine&) = default;
};

struct Step {
    Machine next;
    std::vector<Effect> effects;
};

/// The whole behaviour: what follows from an event. Pure. An event without a meaning in the current
/// state changes nothing.
Step step(const Machine& machine, const Policy& policy, const Event& event);

/// The service result of an exit: success for exit code 0, for a daemon also for the signals HUP,
/// INT, TERM and PIPE (systemd.service(5), SuccessExitStatus=), and for what the policy adds.
ServiceResult result_of(const MainExit& exit, const Policy& policy, bool is_daemon = true);

/// systemd.service(5), the table under Restart=.
bool restarts_after(Restart restart, ServiceResult result);

/// systemd.service(5), RestartSteps=: the delay before the restart number `count` (from 1 on) in a
/// row. Growing delays are stretched by up to a tenth, but never beyond the maximum, so that
/// services that failed together do not restart together; `seed` determines by how much.
TimeSpan restart_delay(const Policy& policy, std::uint64_t count, std::uint64_t seed);

/// The transition table as text: each event in each reachable state under a few policies.
std::string describe_transitions();

} // namespace amphid
