// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/expand.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace amphid {

/// How a pager is to be executed.
struct PagerChoice {
    /// Command lines, the first of which that exists is taken; none: no pager.
    std::vector<std::vector<std::string>> commands;
    Environment variables; // besides those that there are
};

/// The same pager as systemd's programs use: $SYSTEMD_PAGER, $PAGER, less, more. `privileged`: the
/// person has the rights of somebody else (sudo), whom a pager must not lend a shell to.
PagerChoice choose_pager(const Environment& environment, bool privileged);

/// From its making until its end standard output goes through a pager.
class Pager {
public:
    explicit Pager(const PagerChoice& choice);
    Pager(const Pager&) = delete;
    Pager& operator=(const Pager&) = delete;
    /// Waits until the person has left it.
    ~Pager();

private:
    pid_t pid_ = -1;
};

} // namespace amphid
