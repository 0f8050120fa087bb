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
#include <memory>
#include <optional>
#include <vector>

namespace amphid {

/// What a launcher holds when it begins to supervise; all opened while errors could still be
/// reported to the starting command.
struct Handles {
    Fd signals;   // open_signals()
    Fd directory; // the runtime directory
    Fd lock;
    std::string second_record; // the path of SecondRecord; empty: none is kept
    Fd startup;                // write end of the startup pipe; empty in the foreground
    NotifySocket notify;
    std::vector<GivenDescriptor> given;
    std::vector<Fd> sockets; // Plan::sockets, in their order
    Fd ready; // gets a newline when the service is ready (s6, dinit, OpenRC); empty: none
    Inherited inherited;
    /// Detaches a daemon from the calling process: returns in the daemon. Called when everything
    /// that can fail has been opened. Empty in the foreground.
    std::function<void()> leave;
    /// A service left by a killed launcher: it is taken over instead of started.
    std::unique_ptr<const State> orphan;
    /// It is taken over in order to stop it.
    bool stops_orphan = false;
    NotifySender* manager = nullptr; // outlives us; null if there is no manager
    Log log{Log::Sink::person};
    bool has_terminal = false; // a controlling one
    /// The service shares our process group, so that it may use the terminal and gets ^C and ^Z,
    /// too. Not for another user's service, which could type into the terminal, nor under nohup.
    bool shares_terminal = false;
    /// Tells the target of a signal; empty if we do not share our process group.
    std::optional<GroupWitness> group_witness;
    /// SIGHUP was ignored when we were started (nohup(1)): we then ignore a hang-up, too.
    bool ignores_hang_up = false;
};

} // namespace amphid
