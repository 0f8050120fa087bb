// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/notification.h"

#include "base/text.h"

#include <cstdint>
#include <limits>
#include <set>

namespace amphid {

namespace {

/// A count of microseconds; systemd ignores 0 and its own infinity.
std::optional<TimeSpan> read_usec(std::string_view value) {
    const auto usec = parse_number<std::uint64_t>(value);
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!usec || *usec == 0 || *usec >= most) {
        return std::nullopt;
    }
    return microseconds(static_cast<std::int64_t>(*usec));
}

/// 0 and infinity switch the watchdog off (systemd, service_start_watchdog()).
std::optional<TimeSpan> read_watchdog_usec(std::string_view value) {
    const auto usec = parse_number<std::uint64_t>(value);
    return usec ? std::optional(read_usec(value).value_or(TimeSpan::infinity())) : std::nullopt;
}

std::optional<int> read_pid(std::string_view value) {
    const auto pid = parse_number<int>(value);
    return pid && *pid > 0 ? pid : std::nullopt;
}

/// 0 clears an earlier one.
std::optional<int> read_errno(std::string_view value) {
    constexpr int most = 4095; // the kernel's MAX_ERRNO
    const auto number = parse_number<int>(value);
    return number && *number >= 0 && *number <= most ? number : std::nullopt;
}

/// Flags; one of several equal lines is enough.
void read_word(std::string_view line, NotifyMessage& out) {
    constexpr std::pair<std::string_view, bool NotifyMessage::*> words[] = {
        {"READY=1", &NotifyMessage::ready},
        {"STOPPING=1", &NotifyMessage::stopping},
        {"RESTART_RESET=1", &NotifyMessage::restart_reset},
        {"BARRIER=1", &NotifyMessage::barrier},
        {"FDSTORE=1", &NotifyMessage::store},
        {"FDSTOREREMOVE=1", &NotifyMessage::store_remove},
        {"FDPOLL=0", &NotifyMessage::fd_without_poll}};
    for (const auto& [word, member] : words) {
        if (line == word) {
            out.*member = true;
        }
    }
}

void read_text(std::string_view key, std::string_view value, NotifyMessage& out) {
    if (key == "STATUS" && is_utf8(value)) {
        out.status = std::string(value);
    } else if (key == "FDNAME" && is_descriptor_name(value)) {
        out.fd_name = std::string(value);
    } else if (key == "NOTIFYACCESS") {
        out.access = from_name<NotifyAccess>(value);
    } else if (key == "WATCHDOG") {
        out.watchdog_ping = value == "1";
        out.watchdog_trigger = value == "trigger";
    } else if (key == "ERRNO") {
        out.error_number = read_errno(value);
    } else if (key == "BUSERROR") {
        out.bus_error = std::string(value);
    } else if (key == "EXIT_STATUS") {
        out.exit_status = std::string(value);
    }
}

void read_number(std::string_view key, std::string_view value, NotifyMessage& out) {
    if (key == "MONOTONIC_USEC") {
        const auto usec = parse_number<std::int64_t>(value);
        out.monotonic = usec && *usec >= 0 ? std::optional(microseconds(*usec)) : std::nullopt;
    } else if (key == "EXTEND_TIMEOUT_USEC") {
        out.extend = read_usec(value);
    } else if (key == "MAINPID") {
        out.main_pid = read_pid(value);
    } else if (key == "MAINPIDFDID") {
        out.main_pidfdid = parse_number<std::uint64_t>(value);
    } else if (key == "WATCHDOG_USEC") {
        out.watchdog_usec = read_watchdog_usec(value);
    }
}

} // namespace

bool is_descriptor_name(std::string_view name) {
    constexpr std::size_t most = 255;
    for (const char c : name) {
        if (c < ' ' || c > '~' || c == ':') {
            return false;
        }
    }
    return !name.empty() && name.size() <= most;
}

NotifyMessage parse_notification(std::string_view text) {
    NotifyMessage out;
    std::set<std::string_view> seen;
    bool reloading = false;
    for (const std::string_view line : split(text, '\n')) {
        read_word(line, out);
        reloading = reloading || line == "RELOADING=1";
        const auto equals = line.find('=');
        if (equals == std::string_view::npos || !seen.insert(line.substr(0, equals)).second) {
            continue;
        }
        const std::string_view key = line.substr(0, equals);
        const std::string_view value = line.substr(equals + 1);
        read_text(key, value, out);
        read_number(key, value, out);
    }
    out.ready = out.ready && !out.stopping;
    if (reloading && !out.stopping) {
        out.reloading = out.monotonic.value_or(TimeSpan{});
    }
    return out;
}

std::string relay_of(const NotifyMessage& message, bool from_main) {
    std::string out;
    const auto add = [&out](std::string_view key, const std::string& value) {
        if (!value.empty()) {
            out += concat(out.empty() ? "" : "\n", key, '=', value);
        }
    };
    if (from_main) {
        add("ERRNO", message.error_number ? concat(*message.error_number) : "");
        add("BUSERROR", message.bus_error);
        add("EXIT_STATUS", message.exit_status);
    }
    return out;
}

} // namespace amphid
