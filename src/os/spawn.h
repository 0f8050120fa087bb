// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/exit_code.h"
#include "os/fd.h"
#include "plan/command.h"
#include "plan/exec_context.h"

#include <array>
#include <string>
#include <sys/types.h>
#include <vector>

namespace amphid {

/// A program to execute, with everything that a process of the service starts with.
struct SpawnRequest {
    std::string program; // absolute
    std::vector<std::string> argv;
    std::vector<std::string> environment;
    /// The descriptors for 0, 1 and 2; -1 inherits ours.
    std::array<int, 3> stdio{-1, -1, -1};
    /// Further descriptors, as {ours, its number}.
    std::vector<std::pair<int, int>> descriptors;
    std::string working_directory; // empty: our own
    /// False: it joins our process group, which is the terminal's foreground one.
    bool own_process_group = true;
    /// In a session of its own: in ours it could type into our terminal (TIOCSTI).
    bool own_session = false;
    /// It stays in our session, but without its terminal (only for become()).
    bool gives_up_terminal = false;
    /// The terminal of that session is descriptor 0; `steal` takes it from another one.
    bool own_terminal = false;
    bool steal_terminal = false;
    mode_t umask = 0022;
    /// The signal that it gets when we die, so that it does not outlive us; 0: none. The kernel
    /// resets it for programs with more rights than their caller (set-user-ID, file capabilities).
    int parent_death_signal = 0;
    int cgroup = -1; // directory of the cgroup to create it in; -1: ours
    /// Credentials, limits and so on; null: as ours. Must stay valid until spawn returns.
    const ExecContext* context = nullptr;
    Privileges privileges = Privileges::normal;
    /// A variable of `environment` with this value gets the new process's PID instead.
    static constexpr std::string_view pid_placeholder = "0000000000";
};

/// The last step before exec: records that this process belongs to the service. Runs in the new
/// process, in our memory, while we are suspended; must not throw.
class Record {
public:
    virtual void operator()(pid_t pid) noexcept = 0;
    /// Every stage but execve(2) itself has succeeded.
    virtual void about_to_execute() noexcept {}

protected:
    ~Record() = default;
};

/// pid 0: there is no process, `stage` (none: fork itself) and `error` say why.
struct Spawned {
    pid_t pid = 0;
    ExecStage stage = ExecStage::none;
    int error = 0;
};

/// Starts a process with no signal blocked. The caller is responsible for default dispositions
/// (reset_signals) and for close-on-exec of every descriptor above 2 (hide_inherited_descriptors).
/// Returns when the program was executed or that failed; until then the new process shares our
/// memory and we are suspended (vfork(2)'s semantics), so the result is known at once.
Spawned spawn(const SpawnRequest& request, Record& record);

/// The same without a new process: this one becomes the program and keeps its PID. Returns only if
/// that failed, possibly with fewer rights than before. `cgroup` is joined; there is no parent to
/// die with.
Spawned become(const SpawnRequest& request, Record& record);

} // namespace amphid
