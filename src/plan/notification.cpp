// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/notification.h"

#include "base/text.h"

#include <cstdint>
#include <limits>

namespace amphid {

NotifyMessage parse_notification(std::string_view text) {
    NotifyMessage out;
    bool reloading = false;
    std::optional<TimeSpan> monotonic;
    for (const std::string_view line : split(text, '\n')) {
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) {
            continue;
        }
        const std::string_view key = line.substr(0, equals);
        const std::string_view value = line.substr(equals + 1);
        if (key == "READY") {
            out.ready = out.ready || value == "1";
        } else if (key == "STOPPING") {
            out.stopping = out.stopping || value == "1";
        } else if (key == "RELOADING") {
            reloading = reloading || value == "1";
        } else if (key == "MONOTONIC_USEC") {
            const auto usec = parse_number<std::int64_t>(value);
            monotonic = usec ? std::optional(microseconds(*usec)) : monotonic;
        } else if (key == "STATUS" && is_utf8(value)) {
            out.status = std::string(value);
        } else if (key == "EXTEND_TIMEOUT_USEC") {
            // systemd ignores 0 and its own infinity.
            const auto usec = parse_number<std::uint64_t>(value);
            constexpr auto most =
                static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
            if (usec && *usec != 0 && *usec < most) {
                out.extend = microseconds(static_cast<std::int64_t>(*usec));
            }
        }
    }
    out.ready = out.ready && !out.stopping;
    if (reloading && !out.stopping) {
        out.reloading = monotonic.value_or(TimeSpan{});
    }
    return out;
}

} // namespace amphid
