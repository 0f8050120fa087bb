// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/service.h"
#include "base/time_span.h"
#include "os/fd.h"
#include "os/runtime_files.h"
#include "os/watch.h"

#include <functional>
#include <optional>

namespace amphid {

class Narrator;

/// What is known about a service: its last state and its launcher, if it is alive.
struct Running {
    std::optional<FoundState> found;
    Fd launcher; // a pidfd; empty: not alive
    /// The launcher is known only by its presence: of `found` only owner, name and launcher are
    /// valid.
    bool stateless = false;
    /// It is alive, but the main process in its state was not at that moment.
    bool out_of_date = false;
};

/// The current information: a launcher that has just started may have no state yet.
Running glance_at(const std::string& directory);
/// The same of a directory that is open already.
Running glance_at(const std::string& directory, const Fd& open);

/// Like glance_at(), but tells a launcher whose state is missing or out of date to write it, and
/// waits for that.
Running look_at(const std::string& directory);

/// Like look_at(), for a command that knows of no start. If there is no state, but its file or a
/// held lock, somebody may be about to write the first one: waits a moment for it.
Running look_at_start(const std::string& directory);

/// A pidfd of a process named in a state; empty if it is gone, or if it does not belong to the
/// state's owner, who may have written anything.
Fd open_claimed(const FoundState& found, const ProcessId& id);

/// True if it runs and has no launcher on purpose (`supervise = "never"`).
bool runs_unsupervised(const Running& running);

/// True if systemd runs this service now: the state names a unit whose main process is the
/// launcher.
bool is_systemds(const Running& running);

/// True if this command is a control process of the service's unit (ExecReload=, ExecStop=): it
/// must act on the launcher itself, since systemctl would wait for it.
bool is_control_process(const Running& running, const Host& host);

/// One property of a unit, as systemctl(1) shows it; nullopt if there is no answer.
std::optional<std::string> ask_systemctl(Manager manager, const std::string& unit,
                                         std::string_view property);

/// Runs `systemctl VERB UNIT`; the exit code. Throws OsError.
int run_systemctl(Manager manager, std::string_view verb, const std::string& unit);

/// Runs `systemctl VERB UNIT` for the service; the exit code.
int delegate(const Running& running, std::string_view verb, const Narrator& narrator);

/// The last state of a service whose launcher was killed, if any of its processes is alive.
std::optional<State> find_orphan(const Running& running);

/// The PIDs that the last stop could not end and that are still alive, separated by commas.
std::string living_survivors(const FoundState& found);

/// True if both paths name the same configuration; one that no longer exists is compared by path.
bool is_same_file(const std::string& one, const std::string& other);

/// The message for a name, or a runtime directory, that another configuration's service, with this
/// state, uses.
std::string taken_name_message(const std::string& name, const std::string& directory,
                               const State& state);

/// The message about an orphan.
std::string orphan_message(const State& state);

/// The message about a launcher that is known only by its presence.
std::string stateless_message(const std::string& directory, const Running& running);

/// Limits how long a command waits for a process that shows no sign of life.
class Patience {
public:
    explicit Patience(TimeSpan longest);
    /// Starts over.
    void note_life();
    bool is_over() const;

private:
    TimeSpan longest_;
    TimeSpan end_;
};

/// What a command waits for.
struct Awaited {
    std::string text; // shown on a terminal
    std::function<bool(const Running&)> done;
    /// The longest time without a change of state.
    TimeSpan longest;
    /// If it returns true the launcher is working on it, and its own timeouts apply.
    std::function<bool(const Running&)> under_way = [](const Running&) { return false; };
    /// Is shown what is known each time that it may have changed.
    std::function<void(const Running&)> seen = [](const Running&) {};
};

/// Waits until it is done, the launcher has ended or the time is up, and if that takes long shows
/// on a terminal what it waits for. Returns the last information.
Running await(const std::string& directory, Running running, const Awaited& awaited);

/// The service's policy, as far as its configuration is known.
Policy policy_of(const KnownService& service);

/// How much longer than the launcher a command waits.
constexpr TimeSpan grace = seconds(5);

} // namespace amphid
