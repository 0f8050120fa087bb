// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/running_service.h"
#include "base/time_span.h"
#include "base/volume.h"

#include <string>
#include <string_view>

namespace amphid {

/// Tells a person what a command does, as much as --quiet and --verbose ask for.
class Narrator {
public:
    Narrator(Volume volume, std::string service);

    /// What came of it, on standard output: "SERVICE: TEXT".
    void result(std::string_view text) const;
    /// A step, on standard error.
    void step(std::string_view text) const;
    /// What the service's state says, if that has changed.
    void see(const Running& running);

    /// When the command began.
    TimeSpan begin() const { return begin_; }

private:
    Volume volume_;
    std::string service_;
    TimeSpan begin_;
    std::string last_;
};

} // namespace amphid
