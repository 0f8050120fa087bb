// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "supervisor/probes/probe_set.h"

#include <cstdint>

namespace amphid {

/// [health]: runs all checks in rounds, from readiness on.
class HealthCheck {
public:
    /// Throws OsError.
    HealthCheck(const Health& health, Subject& subject);

    /// The service is about to be started: what exists already is not its doing.
    void prepare() { set_.begin(); }
    /// The service is ready: the first round begins an interval from now.
    void begin(TimeSpan now);
    void rest();

    enum class News : std::uint8_t { none, passed, failed, ill };

    /// Continues. `passed` and `failed` end a round; `ill` means too many failed rounds in a row.
    News look(TimeSpan now);
    int fd() const { return set_.fd(); }
    bool child_ended(pid_t pid, int status, TimeSpan now) {
        return set_.child_ended(pid, status, now);
    }

    /// What failed in the last round.
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
