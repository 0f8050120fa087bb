// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <sys/types.h>

namespace amphid {

/// Tells whether a signal that we got was sent to our whole process group, as a shell's `kill %1`
/// does: then the service, which shares the group, has it already. A process of no other purpose
/// that keeps every signal pending (kill(2) leaves no other trace of whom it was for). It ends with
/// us.
class GroupWitness {
public:
    /// Starts it; every signal must be blocked. Throws OsError.
    GroupWitness();

    /// True where the group was sent this signal since we last asked.
    bool had(int signal) const;

private:
    Fd questions_;
    Fd answers_;
    pid_t pid_ = 0;
};

} // namespace amphid
