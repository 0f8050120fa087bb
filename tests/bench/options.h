// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "contender.h"

#include <optional>
#include <string>

namespace amphid {

struct Options {
    int rounds = 200;
    int open_files = 0; // 0: as found
    unsigned seed = 0;  // 0: draw one
    bool json = false;
    bool check = false;
    bool help = false;
    std::string only; // one of the parts' names, or empty for all
    Programs programs;
};

// Reads the command line; a mistake is a BenchError of one sentence.
Options read_options(int argc, char** argv);

// Printed from the table that read_options() uses.
std::string help_text();

} // namespace amphid
