// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/run.h"

// Links against the resident part alone: a call up into config or resolve does not.
int main() {
    const amphid::Plan plan;
    auto* entry = &amphid::run;
    return entry == nullptr || plan.detach ? 1 : 0;
}
