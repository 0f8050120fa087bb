// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/running_service.h"

namespace amphid {

/// A launcher that is stopped (SIGSTOP) or traced while a command waits for it. It is continued,
/// with one message.
class Standstill {
public:
    /// Call this when nothing has happened for a while.
    void look(const Running& running);

private:
    bool said_ = false;
};

} // namespace amphid
