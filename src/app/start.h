// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"
#include "base/volume.h"
#include "os/clock.h"
#include "plan/plan.h"
#include "plan/state.h"
#include "resolve/mode.h"

#include <memory>
#include <string>
#include <vector>

namespace amphid {

struct Handles;

/// Looks up users and programs; privileges that we lack are reported before anything starts. Throws
/// Failure.
void prepare_execution(Plan& plan, const Host& host);

/// Opens the notify socket: under the former address if the service runs already. Throws OsError.
void open_notify_socket(const Plan& plan, Handles& handles);

/// How a service is to be started.
struct StartOptions {
    Asked asked = Asked::nothing;
    /// A daemon takes over what a killed launcher left running, instead of refusing.
    bool adopts = true;
    /// A failed first start is retried according to `restart`.
    bool retries = true;
    /// Gets a newline when the service is ready; -1: none.
    int notify_fd = -1;
    Volume volume = Volume::normal;
    /// When the command began, by the monotonic clock, for --verbose.
    TimeSpan begin = monotonic_now();
    /// Added to the only exec-start.
    std::vector<std::string> arguments = {};
    /// KEY=VALUE, in force over the configuration.
    std::vector<std::string> settings = {};
    /// Read after those of the configuration.
    std::vector<std::string> environment_files = {};
    /// There is no configuration: the service is a program.
    bool is_program = false;
};

/// A start that is checked, but not begun.
struct PreparedStart;

/// Reads and checks all that a start depends on: configuration, users, programs, trust. Throws
/// Failure.
std::shared_ptr<PreparedStart> prepare_start(const std::string& service,
                                             const StartOptions& options);

/// Keeps the service's sockets open while the launcher or main process that has them is stopped,
/// for the start that follows. Throws OsError.
void hold_sockets(PreparedStart& prepared, const ProcessId& holder);

/// Also checks the places for its files. Throws Failure.
void check_places(const PreparedStart& prepared);

/// Performs the start that was prepared.
int start_prepared(PreparedStart& prepared);

/// Starts a service and returns this process's exit code: in the foreground and in the daemon when
/// the service has ended, in the starting command when it is ready or has failed. May kill the
/// process by the signal that ended the service.
int start_service(const std::string& service, const StartOptions& options);

} // namespace amphid
