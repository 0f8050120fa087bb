// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/reference.h"

#include "app/commands.h"
#include "app/console.h"

namespace amphid {

int run_reference(const Arguments&) {
    print(reference_text());
    return code_of(ExitCode::success);
}

} // namespace amphid
