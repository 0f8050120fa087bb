// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/policy.h"
#include "plan/words.h"

#include <cstdint>
#include <string>
#include <type_traits>

namespace amphid {

/// A process, distinguishable from a later one with the same PID: field 22 of proc_pid_stat(5) and
/// the machine's boot id. pid 0 is no process.
struct ProcessId {
    int pid = 0;
    std::uint64_t start_time = 0;
    std::string boot_id;
    friend bool operator==(const ProcessId&, const ProcessId&) = default;
};

/// How the processes of a service are recognized when launcher and main process are gone and their
/// environment is overwritten: by the session and process group of the main process. These are
/// inherited by fork only, and their numbers are not reused as long as a process is in them; group
/// 0: unknown.
struct Lineage {
    int session = 0;
    int group = 0;
    /// The session was made for the service alone, by the launcher or by itself.
    bool own_session = false;
    std::uint32_t uid = 0; // whom the main process runs as
    /// The start time of the main process: a younger leader of this session or group has a reused
    /// number.
    std::uint64_t since = 0;
    /// The start time of PID 1: a restarted container hands out the same PIDs again.
    std::uint64_t init = 0;
    friend bool operator==(const Lineage&, const Lineage&) = default;
};

/// Each reload has a number, whether requested, announced by the service itself, or refused. A
/// command that requests one waits for the end of a reload that had not begun before.
struct ReloadRecord {
    /// The last one that has ended.
    std::uint64_t serial = 0;
    /// The last one that has begun.
    std::uint64_t begun = 0;
    bool ok = true;
    /// Why the last one was refused.
    std::string refusal;
    friend bool operator==(const ReloadRecord&, const ReloadRecord&) = default;
};

/// The public facts of one activation of the service, from its first hook to its last process.
struct ActivationRecord {
    std::string invocation_id;
    std::string status_text;
    /// The error that the main process reported: ERRNO= and BUSERROR= of sd_notify(3).
    int status_errno = 0;
    std::string status_bus_error;
    /// What readiness still depends on; empty once the service is ready.
    std::string waiting_for;
    /// The conditions of [ready] that hold, with their evidence.
    std::string met;
    /// The last failure of the watchdog or [health].
    std::string ailment;
    /// CLOCK_REALTIME of the last readiness in microseconds; 0: not ready.
    std::uint64_t ready_usec = 0;
    friend bool operator==(const ActivationRecord&, const ActivationRecord&) = default;
};

/// What the launcher publishes in the file `state`. Contains neither environment nor output of the
/// service.
struct State : ActivationRecord {
    std::string name;
    std::string config;
    /// The instance (%i) if `config` is a template; otherwise empty.
    std::string instance;
    Mode mode = Mode::daemon;
    ServiceState state = ServiceState::dead;
    ServiceResult result = ServiceResult::success;
    /// False if the launcher has become the main process (`supervise = "never"`): there is none
    /// then, only its boot id.
    bool supervised = true;
    ProcessId launcher;
    ProcessId main;
    Lineage lineage;
    /// The running hook, or type forking's start command.
    ProcessId control;
    std::string unit;
    Manager manager = Manager::none;
    ReloadRecord reload;
    std::uint64_t restarts = 0;
    MainExit exit;
    /// Why the service failed, as a sentence; empty if it did not.
    std::string failure;
    /// The PIDs that survived SIGKILL, separated by commas.
    std::string survivors;
    /// Their start times (proc_pid_stat(5)), likewise: PIDs may be reused.
    std::string survivors_began;
    /// The PIDs that a stop leaves running on purpose (kill-mode, send-sigkill), likewise.
    std::string left_running;
    /// Settings that this launcher could not apply, one sentence each, separated by "; ".
    std::string concessions;
    /// How the service is confined, in a few words; empty: not at all.
    std::string sandbox;
    /// CLOCK_REALTIME in microseconds of the last change of `state`, and of the failure; 0: never.
    std::uint64_t since_usec = 0;
    std::uint64_t failure_usec = 0;
    /// When auto-restart starts the service again; 0 in any other state.
    std::uint64_t next_restart_usec = 0;
    /// The cgroup that belongs to the service alone; empty: none.
    std::string cgroup;
    /// The inode of the pipe for the service's standard error; 0: not a pipe of ours.
    std::uint64_t words_pipe = 0;
    /// The same for the pipes that pass its output through the launcher.
    std::uint64_t output_pipe = 0;
    std::uint64_t error_pipe = 0;
    /// The same for the pipe to the log file, and the one for standard error alone.
    std::uint64_t log_pipe = 0;
    std::uint64_t log_error_pipe = 0;
    std::string pid_file;
    /// The service's NOTIFY_SOCKET, which stays the same when another launcher takes over.
    std::string notify_address;
    friend bool operator==(const State&, const State&) = default;
};

/// The process that answers for the service and is named in its pid file: the launcher as long as
/// there is one, otherwise the service itself.
inline const ProcessId& answering(const State& state) {
    return state.supervised ? state.launcher : state.main;
}

// The one list of each struct's fields: the codec and the tests walk these.

template <class V, class S>
requires std::is_same_v<std::remove_const_t<S>, ProcessId>
void fields(V& visit, S& s) {
    visit("pid", s.pid);
    visit("start-time", s.start_time);
    visit("boot-id", s.boot_id);
}

template <class V, class S>
requires std::is_same_v<std::remove_const_t<S>, Lineage>
void fields(V& visit, S& s) {
    visit("session", s.session);
    visit("group", s.group);
    visit("own-session", s.own_session);
    visit("uid", s.uid);
    visit("since", s.since);
    visit("init", s.init);
}

template <class V, class S>
requires std::is_same_v<std::remove_const_t<S>, ReloadRecord>
void fields(V& visit, S& s) {
    visit("serial", s.serial);
    visit("begun", s.begun);
    visit("ok", s.ok);
    visit("refusal", s.refusal);
}

template <class V, class S>
requires std::is_same_v<std::remove_const_t<S>, MainExit>
void fields(V& visit, S& s) {
    visit("kind", s.kind);
    visit("status", s.status);
    visit("stage", s.stage);
}

template <class V, class S>
requires std::is_same_v<std::remove_const_t<S>, State>
void fields(V& visit, S& s) {
    visit("name", s.name);
    visit("config", s.config);
    visit("instance", s.instance);
    visit("mode", s.mode);
    visit("state", s.state);
    visit("result", s.result);
    visit("supervised", s.supervised);
    visit("launcher", s.launcher);
    visit("main", s.main);
    visit("lineage", s.lineage);
    visit("control", s.control);
    visit("unit", s.unit);
    visit("manager", s.manager);
    visit("reload", s.reload);
    visit("restarts", s.restarts);
    visit("exit", s.exit);
    visit("failure", s.failure);
    visit("survivors", s.survivors);
    visit("survivors-began", s.survivors_began);
    visit("left-running", s.left_running);
    visit("concessions", s.concessions);
    visit("sandbox", s.sandbox);
    visit("status-text", s.status_text);
    visit("status-errno", s.status_errno);
    visit("status-bus-error", s.status_bus_error);
    visit("waiting-for", s.waiting_for);
    visit("met", s.met);
    visit("ailment", s.ailment);
    visit("ready-usec", s.ready_usec);
    visit("since-usec", s.since_usec);
    visit("failure-usec", s.failure_usec);
    visit("next-restart-usec", s.next_restart_usec);
    visit("invocation-id", s.invocation_id);
    visit("cgroup", s.cgroup);
    visit("words-pipe", s.words_pipe);
    visit("output-pipe", s.output_pipe);
    visit("error-pipe", s.error_pipe);
    visit("log-pipe", s.log_pipe);
    visit("log-error-pipe", s.log_error_pipe);
    visit("pid-file", s.pid_file);
    visit("notify-address", s.notify_address);
}

} // namespace amphid
