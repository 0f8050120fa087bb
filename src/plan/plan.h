// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/command.h"
#include "plan/condition.h"
#include "plan/exec_context.h"
#include "plan/policy.h"
#include "plan/words.h"

#include <array>
#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

namespace amphid {

/// The files of a service, all absolute; `directory` holds lock, state and notify under these
/// names.
struct Paths {
    std::string directory;
    std::string pid_file;
    std::string service_pid_file; // empty: none asked for
};

/// Who is told that the service is ready.
enum class Announce : std::uint8_t { nobody, starting_command, manager };

/// Everything that the resident launcher knows of its service: the outcome of configuration and
/// host facts, as plain values. The two lifecycles are its first three fields.
struct Plan {
    bool detach = false;
    Announce announce = Announce::nobody;
    // The third field is Policy::restart_is_ours.
    Policy policy;

    std::string name;
    std::string config; // the file's absolute path
    Paths paths;
    std::string unit; // the unit that systemd started us as; empty otherwise
    Manager manager = Manager::none;

    std::array<std::vector<Command>, command_lists> commands;
    int kill_signal = SIGTERM;
    int restart_kill_signal = SIGTERM;
    int final_kill_signal = SIGKILL;
    bool send_sighup = false;
    /// What the service's processes get when the launcher dies; 0: they live on.
    int parent_death_signal = 0;
    int reload_signal = 0;        // 0: none
    std::string forking_pid_file; // that the service writes; empty: none
    NotifyAccess notify_access = NotifyAccess::none;
    ExecContext context;
    bool we_are_pid_1 = false;
    /// A sentence for each thing that the file asks for and this start does not do.
    std::vector<std::string> concessions;

    Readiness ready;
    Health health;
    /// The service's signs of life; infinity: none are asked for.
    TimeSpan watchdog = TimeSpan::infinity();
    /// Those that the manager above us asks for.
    TimeSpan manager_watchdog = TimeSpan::infinity();
    int watchdog_signal = SIGABRT;
    unsigned fd_store_max = 0;
    Preserve fd_store_preserve = Preserve::restart;
};

inline const std::vector<Command>& commands_of(const Plan& plan, CommandList list) {
    return plan.commands[static_cast<std::size_t>(list)];
}
inline std::vector<Command>& commands_of(Plan& plan, CommandList list) {
    return plan.commands[static_cast<std::size_t>(list)];
}

/// Descriptors for the next start go to systemd's store: other managers have none.
inline bool is_stored_by_systemd(const Plan& plan) {
    return plan.announce == Announce::manager && plan.manager != Manager::none;
}

} // namespace amphid
