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

/// A parsed sd_notify(3) message. Unknown lines are ignored.
struct NotifyMessage {
    bool ready = false;
    bool stopping = false;
    /// RELOADING=1, with its MONOTONIC_USEC; without it systemd does not take it as the answer to a
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
    std::string exit_status; // informational
};

/// systemd's name for a stored descriptor without a name.
inline const std::string default_descriptor_name = "stored";

/// Reads the lines "KEY=VALUE". Keys match exactly, and of equal keys the first counts; a STATUS
/// that is not UTF-8 is ignored; STOPPING wins over READY and RELOADING (systemd since 253). READY
/// together with RELOADING is a reload that is over already.
NotifyMessage parse_notification(std::string_view text);

/// systemd's rule for the names of stored descriptors: at most 255 ASCII characters, no control
/// characters and no ":".
bool is_descriptor_name(std::string_view name);

/// The lines that are passed on to systemd unchanged: not STATUS, since ours says more; ERRNO,
/// BUSERROR and EXIT_STATUS only from the main process. Empty if there are none.
std::string relay_of(const NotifyMessage& message, bool from_main);

} // namespace amphid
