// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/command.h"
#include "plan/condition.h"
#include "plan/exec_context.h"
#include "plan/policy.h"
#include "plan/socket.h"
#include "plan/words.h"

#include <array>
#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

namespace amphid {

/// The files of a service, all absolute; `directory` contains lock, state and notify.
struct Paths {
    std::string directory;
    std::string pid_file;
    std::string service_pid_file; // empty: none configured
};

/// Who is told when the service is ready.
enum class Announce : std::uint8_t { nobody, starting_command, manager };

/// A signal that the launcher takes for another one; 0: for none.
struct SignalRewrite {
    int from = 0;
    int to = 0;
    friend bool operator==(const SignalRewrite&, const SignalRewrite&) = default;
};

/// Everything the resident launcher knows about its service: the result of configuration and host
/// facts, as plain values. The two lifecycles are its first three fields.
struct Plan {
    bool detach = false;
    Announce announce = Announce::nobody;
    // The third field is Policy::restart_is_ours.
    Policy policy;

    /// Nobody stays with the service: the launcher becomes it by execve(2).
    bool in_place = false;

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
    std::vector<SignalRewrite> signal_rewrites;
    /// The signal that the service's processes get if the launcher dies; 0: none, they live on.
    int parent_death_signal = 0;
    int reload_signal = 0;        // 0: none
    std::string forking_pid_file; // written by the service; empty: none
    NotifyAccess notify_access = NotifyAccess::none;
    ExecContext context;
    bool we_are_pid_1 = false;
    /// One sentence for each setting of the file that this start cannot apply.
    std::vector<std::string> concessions;

    Readiness ready;
    Health health;
    /// watchdog-sec of the service; infinity: no watchdog.
    TimeSpan watchdog = TimeSpan::infinity();
    /// The watchdog interval of the manager above us.
    TimeSpan manager_watchdog = TimeSpan::infinity();
    int watchdog_signal = SIGABRT;
    /// What the launcher holds for the service; not what the manager passed.
    std::vector<Socket> sockets;
    /// The names of all sockets in the order of the configuration, which is that of their numbers.
    std::vector<std::string> socket_names;
    unsigned fd_store_max = 0;
    Preserve fd_store_preserve = Preserve::restart;
};

inline const std::vector<Command>& commands_of(const Plan& plan, CommandList list) {
    return plan.commands[static_cast<std::size_t>(list)];
}
inline std::vector<Command>& commands_of(Plan& plan, CommandList list) {
    return plan.commands[static_cast<std::size_t>(list)];
}

/// Whether descriptors are kept in systemd's store: other managers have none.
inline bool is_stored_by_systemd(const Plan& plan) {
    return plan.announce == Announce::manager && plan.manager != Manager::none;
}

} // namespace amphid
