// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/group_witness.h"
#include "os/notify_sender.h"
#include "os/notify_socket.h"
#include "plan/state.h"
#include "supervisor/descriptors.h"
#include "supervisor/log.h"
#include "supervisor/streams.h"

#include <functional>
#include <optional>
#include <vector>

namespace amphid {

/// What a launcher holds when it begins to supervise; all of it opened while whoever asked for the
/// start could still be told.
struct Handles {
    Fd signals;   // open_signals()
    Fd directory; // the runtime directory
    Fd lock;
    Fd startup; // the write end of the startup pipe; empty in the foreground
    NotifySocket notify;
    std::vector<GivenDescriptor> given;
    Fd ready; // a newline there says that the service is ready (s6, dinit, OpenRC); empty: none
    Inherited inherited;
    /// How a daemon leaves the process that called: returns in the one that stays. Called when all
    /// that can fail has been opened. Empty in the foreground.
    std::function<void()> leave;
    /// What a killed launcher left running: it is taken over, nothing is started.
    std::optional<State> orphan;
    /// It is taken over only to be stopped.
    bool stops_orphan = false;
    NotifySender* manager = nullptr; // outlives us; null where nobody is to be told
    Log log{Log::Sink::person};
    bool has_terminal = false; // a controlling one
    /// The service shares our process group, so that it may use the terminal and ^C and ^Z reach
    /// it, too. Not where it is another user's: it could type into the terminal. Nor under nohup.
    bool shares_terminal = false;
    /// For whom a signal was; empty where we share the process group with nobody.
    std::optional<GroupWitness> group_witness;
    /// SIGHUP was ignored when we were started (nohup(1)): a hang-up is then nothing to us.
    bool ignores_hang_up = false;
};

} // namespace amphid
