// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/start.h"
#include "app/commands.h"

namespace amphid {

int run_start(const Arguments& arguments) {
    return start_service(arguments.operands.front(), arguments.asked, arguments.adopts);
}

int run_run(const Arguments& arguments) {
    return start_service(arguments.operands.front(), Asked::foreground);
}

} // namespace amphid
