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

/// A program to become, with everything that a process of the service starts with.
struct SpawnRequest {
    std::string program; // absolute
    std::vector<std::string> argv;
    std::vector<std::string> environment;
    /// The descriptors that become 0, 1 and 2; -1 leaves what is there.
    std::array<int, 3> stdio{-1, -1, -1};
    /// Further descriptors that it gets, as {ours, its number}.
    std::vector<std::pair<int, int>> descriptors;
    std::string working_directory; // empty: where we are
    /// False: it joins our process group, which is the terminal's foreground one.
    bool own_process_group = true;
    /// In a session of its own: in ours somebody else could type into our terminal (TIOCSTI).
    bool own_session = false;
    /// The terminal of that session is descriptor 0; `steal` takes it from another one.
    bool own_terminal = false;
    bool steal_terminal = false;
    mode_t umask = 0022;
    /// What it gets when we die, so that it does not outlive us; 0: it may. A program with more
    /// rights than its caller (set-user-ID, file capabilities) is let off by the kernel.
    int parent_death_signal = 0;
    int cgroup = -1; // the directory of the one to be born in; -1: ours
    /// Who it runs as and what it may use; null: as we do. It stays where it is until spawn
    /// returns.
    const ExecContext* context = nullptr;
    Privileges privileges = Privileges::normal;
    /// A variable of `environment` with this value gets the new process's PID instead.
    static constexpr std::string_view pid_placeholder = "0000000000";
};

/// The last step before the program: tells the world that this process is the service's. Runs in
/// the new process, on our memory, while we stand still; must not throw.
class Record {
public:
    virtual void operator()(pid_t pid) noexcept = 0;

protected:
    ~Record() = default;
};

/// pid 0: there is no process, `stage` (none: fork itself) and `error` say why.
struct Spawned {
    pid_t pid = 0;
    ExecStage stage = ExecStage::none;
    int error = 0;
};

/// Starts a process with no signal blocked. The caller sees to the rest of a clean start:
/// dispositions at their defaults (reset_signals) and every descriptor above 2 close-on-exec
/// (hide_inherited_descriptors). Returns when the program runs or could not; until then the new
/// process uses our memory and we stand still (vfork(2)'s semantics), which is what makes the
/// answer immediate.
Spawned spawn(const SpawnRequest& request, Record& record);

} // namespace amphid
