// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/console.h"
#include "app/program.h"

int main(int argc, char** argv) {
    using namespace amphid;
    return exit_code_of([&] { return run_program_main({argv, static_cast<std::size_t>(argc)}); });
}
