// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/running_service.h"

namespace amphid {

/// A launcher that stands still while a command waits for it: somebody of its user's has stopped it
/// (SIGSTOP), or traces it. It is continued; that is said once.
class Standstill {
public:
    /// To be called when nothing has happened for a while.
    void look(const Running& running);

private:
    bool said_ = false;
};

} // namespace amphid
