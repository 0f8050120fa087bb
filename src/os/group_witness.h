// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <sys/types.h>

namespace amphid {

/// Tells whether a signal that we got was sent to our whole process group, as by a shell's `kill
/// %1`: then the service, which shares the group, got it as well. It is a process whose only
/// purpose is to keep signals pending (kill(2) leaves no other trace of its target). It ends with
/// us.
class GroupWitness {
public:
    /// Starts it; every signal must be blocked. Throws OsError.
    GroupWitness();

    /// True if the group was sent this signal since the last call.
    bool had(int signal);

private:
    Fd questions_;
    Fd answers_;
    pid_t pid_ = 0;
    int unanswered_ = 0;
};

} // namespace amphid
