// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string_view>
#include <syslog.h>

namespace amphid {

/// Where the launcher's own words go: standard error in front of a person, standard error with the
/// "<N>" prefixes of sd-daemon(3) where that is the journal, syslog(3) once detached.
class Log {
public:
    enum class Sink : unsigned char { person, journal, syslog };

    explicit Log(Sink sink) : sink_(sink) {}

    /// One line; `priority` is syslog(3)'s.
    void write(int priority, std::string_view text) const;

private:
    Sink sink_;
};

} // namespace amphid
