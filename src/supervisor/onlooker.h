// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"
#include "os/fd.h"
#include "os/nonblocking_writer.h"

#include <string>
#include <string_view>

namespace amphid {

/// The person in front of `start --verbose`: is shown each step of a daemon's start with its time,
/// and the output of the service, until the start is over. Nobody waits for them to read it.
class Onlooker {
public:
    /// `screen`: a copy of the starting command's standard error.
    Onlooker(Fd screen, TimeSpan begin)
        : screen_(std::move(screen)), writer_(screen_.get()), begin_(begin) {}

    void tell(TimeSpan now, std::string_view text);
    /// Output of the service, cut anywhere.
    void hear(std::string_view output);

private:
    Fd screen_;
    NonblockingWriter writer_;
    TimeSpan begin_;
    std::string unfinished_;
};

/// "amphid: [  0.012 s] TEXT": a step, that long after the first one.
std::string step_line(TimeSpan elapsed, std::string_view text);

} // namespace amphid
