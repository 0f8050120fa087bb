// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/plan.h"
#include "resolve/mode.h"

#include <memory>
#include <string>
#include <vector>

namespace amphid {

struct Handles;

/// Who the service runs as, what it may use and what is executed: all that the file asks for and we
/// may not do is said before anything starts. Throws Failure.
void prepare_execution(Plan& plan, const Host& host);

/// Where the service is to speak to us: where it did before, if it runs already. Throws OsError.
void open_notify_socket(const Plan& plan, Handles& handles);

/// How a service is to be started.
struct StartOptions {
    Asked asked = Asked::nothing;
    /// A daemon takes over what a killed launcher left running, instead of refusing.
    bool adopts = true;
    /// A first start that fails is tried again as `restart` says.
    bool retries = true;
    /// Gets a newline when the service is ready; -1: none.
    int notify_fd = -1;
    /// Added to the only exec-start.
    std::vector<std::string> arguments = {};
};

/// A start that is decided and checked; nothing of it has happened.
struct PreparedStart;

/// Reads and checks all that a start depends on: configuration, users, programs, whom to trust.
/// Throws Failure.
std::shared_ptr<PreparedStart> prepare_start(const std::string& service,
                                             const StartOptions& options);

/// The places for its files, too. Throws Failure.
void check_places(const PreparedStart& prepared);

/// What start_service does after that.
int start_prepared(PreparedStart& prepared);

/// Starts a service and returns this process's exit code: in the foreground and in the daemon when
/// the service has ended, in the starting command when it is ready or has failed. May end the
/// process by the service's own signal.
int start_service(const std::string& service, const StartOptions& options);

} // namespace amphid
