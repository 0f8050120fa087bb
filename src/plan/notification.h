// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"
#include "plan/words.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace amphid {

/// What a message of sd_notify(3) says. Unknown lines are passed over.
struct NotifyMessage {
    bool ready = false;
    bool stopping = false;
    /// RELOADING=1, with its MONOTONIC_USEC; without one systemd takes it for no answer to a
    /// reload.
    std::optional<TimeSpan> reloading;
    std::optional<std::string> status;
    std::optional<TimeSpan> monotonic;
    std::optional<TimeSpan> extend;
    std::optional<int> main_pid;
    std::optional<std::uint64_t> main_pidfdid;
    bool watchdog_ping = false;
    bool watchdog_trigger = false;
    std::optional<TimeSpan> watchdog_usec; // infinity: off
    bool restart_reset = false;
    std::optional<NotifyAccess> access;
    bool barrier = false;
    bool store = false;
    bool store_remove = false;
    std::string fd_name;
    bool fd_without_poll = false;
    std::optional<int> error_number;
    std::string bus_error;
    std::string exit_status; // no manager acts on it: a word for whoever listens
};

/// What systemd calls a stored descriptor without a name.
inline const std::string default_descriptor_name = "stored";

/// Reads the lines "KEY=VALUE". Keys match exactly, the first line of a key counts; a STATUS that
/// is not UTF-8 is ignored; STOPPING wins over READY and RELOADING (systemd since 253). READY
/// together with RELOADING is a reload that is over already.
NotifyMessage parse_notification(std::string_view text);

/// systemd's rule for the names of stored descriptors: at most 255 of ASCII without control
/// characters and ":".
bool is_descriptor_name(std::string_view name);

/// The lines that go on to systemd as they are: of everybody who may notify STATUS is not among
/// them, since ours says more; from the main process also ERRNO, BUSERROR and EXIT_STATUS. Empty
/// where nothing does.
std::string relay_of(const NotifyMessage& message, bool from_main);

} // namespace amphid
