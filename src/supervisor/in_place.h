// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/cgroup.h"
#include "plan/plan.h"
#include "supervisor/activation_facts.h"
#include "supervisor/closer.h"
#include "supervisor/descriptors.h"
#include "supervisor/executor.h"
#include "supervisor/handles.h"
#include "supervisor/service_files.h"
#include "supervisor/upstream.h"

namespace amphid {

/// A start of a service that has no launcher (`supervise = "never"`): this process prepares
/// everything a launcher would, and then becomes the service.
class InPlace {
public:
    /// `identity` as for the Supervisor.
    InPlace(const Plan& plan, State&& identity, Handles&& handles);

    /// Opens what can fail, while that can still be reported to the user. Throws OsError.
    void prepare();

    /// Writes state and pid file and becomes the service. Returns only if that failed: the message,
    /// which the starting command has got, too, and the exit code. Throws OsError.
    struct Failed {
        int code = 1;
        std::string text;
    };
    Failed become();

    /// Tells the starting command that the start failed for another reason.
    void fail(const std::string& text) { upstream_.failed(text, text); }

private:
    State running_state();
    void note_failure(State& state, const Spawned& why, int record);

    const Plan& plan_;
    Handles handles_;
    State identity_;
    ActivationFacts activation_;
    Loop loop_;
    Closer closer_{loop_};
    Upstream upstream_;
    ServiceFiles files_;
    Streams streams_;
    Executor executor_;
    Descriptors descriptors_;
    Cgroup cgroup_;
};

} // namespace amphid
