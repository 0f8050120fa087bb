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

/// What is known of a service that may be running: its last state and its launcher, as far as it
/// lives.
struct Running {
    std::optional<FoundState> found;
    Fd launcher; // a pidfd; empty: none is alive
    /// The launcher is known by its presence alone: of `found` only owner, name and launcher count.
    bool stateless = false;
};

/// What can be seen at this moment: a launcher that has just begun may have no state yet.
Running glance_at(const std::string& directory);

/// True where the launcher lives, but its state names a main process that does not.
bool is_out_of_date(const Running& running);

/// The same, but a launcher whose state is missing or out of date is told, and given the time to
/// write it.
Running look_at(const std::string& directory);

/// A pidfd of a process that a state names; empty where it is gone, or where the state's owner has
/// no such process: what another user wrote is a claim.
Fd open_claimed(const FoundState& found, const ProcessId& id);

/// True where systemd runs this service now: the state names its unit, and that unit's main process
/// is the launcher (design.md section 2, "Whose service is it?").
bool is_systemds(const Running& running);

/// True where this very command is a control process of the service's unit (ExecReload=,
/// ExecStop=): it acts on the launcher, for systemctl would wait for it.
bool is_control_process(const Running& running, const Host& host);

/// One property of a unit, as systemctl(1) shows it; nothing where nobody answers.
std::optional<std::string> ask_systemctl(Manager manager, const std::string& unit,
                                         std::string_view property);

/// Runs `systemctl VERB UNIT`; the exit code. Throws OsError.
int run_systemctl(Manager manager, std::string_view verb, const std::string& unit);

/// Runs `systemctl VERB UNIT` for the service; the exit code.
int delegate(const Running& running, std::string_view verb);

/// The last state of a service whose launcher was killed while any of its processes lives on.
std::optional<State> find_orphan(const Running& running);

/// Those whom the last stop could not end and who are still there, with commas between.
std::string living_survivors(const FoundState& found);

/// True where both paths name one configuration; one that is gone by now is known by its path.
bool is_same_file(const std::string& one, const std::string& other);

/// What is said where a name belongs to another configuration, whose service has this state.
std::string words_of_a_taken_name(const std::string& name, const State& state);

/// What is said of an orphan.
std::string words_of_an_orphan(const State& state);

/// What is said of a launcher that is known by its presence alone.
std::string words_of_stateless(const std::string& directory, const Running& running);

/// How long a command waits for somebody who shows no sign of life.
class Patience {
public:
    explicit Patience(TimeSpan longest);
    /// It begins again.
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
    /// How long the state may stay as it is; what happens after that nobody can tell.
    TimeSpan longest;
    /// Where it says so, the launcher is at it, and its own timeouts will do.
    std::function<bool(const Running&)> under_way = [](const Running&) { return false; };
};

/// Waits until it is done, the launcher has ended or the time is up, and shows on a terminal what
/// is awaited where that takes long. Returns what is then known.
Running await(const std::string& directory, Running running, const Awaited& awaited);

/// How the service is started, stopped and reloaded as far as its configuration is known.
Policy policy_of(const KnownService& service);

/// How much longer than the launcher itself a command waits.
constexpr TimeSpan grace = seconds(5);

} // namespace amphid
