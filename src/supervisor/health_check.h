// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "supervisor/probes/probe_set.h"

#include <cstdint>

namespace amphid {

/// [health]: asks all checks together, again and again, from the readiness of the service on.
class HealthCheck {
public:
    /// Throws OsError.
    HealthCheck(const Health& health, Subject& subject);

    /// The service is about to be started: what is there already is not its.
    void prepare() { set_.begin(); }
    /// The service is ready: the first round begins an interval from now.
    void begin(TimeSpan now);
    void rest();

    enum class News : std::uint8_t { none, passed, failed, ill };

    /// Goes on. `passed` and `failed` are the end of a round; `ill` is the failed round too many in
    /// a row.
    News look(TimeSpan now);
    int fd() const { return set_.fd(); }
    bool child_ended(pid_t pid, int status, TimeSpan now) {
        return set_.child_ended(pid, status, now);
    }

    /// What the last round missed.
    std::string unmet() const { return list_unmet(Match::all, set_.findings()); }

private:
    News end_of_round(TimeSpan now);

    const Health& health_;
    ProbeSet set_;
    bool asking_ = false;
    unsigned failures_ = 0;
    TimeSpan next_ = TimeSpan::infinity();
};

} // namespace amphid
