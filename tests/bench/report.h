// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "contender.h"
#include "figure.h"

#include <string>
#include <vector>

namespace amphid {

// Under which circumstances the figures were made.
struct Circumstances {
    std::string machine; // processor, number of CPUs, memory
    std::string kernel;
    std::string system; // distribution
    std::string load;
    std::string place;
    int rounds = 0;
    unsigned seed = 0;
};

Circumstances describe_machine();

std::string text_report(const Circumstances& circumstances,
                        const std::vector<Contender>& contenders,
                        const std::vector<Figure>& figures);

std::string json_report(const Circumstances& circumstances,
                        const std::vector<Contender>& contenders,
                        const std::vector<Figure>& figures);

// One sentence for each limit that amphid misses, or that could not be judged.
std::vector<std::string> missed_limits(const std::vector<Figure>& figures);

} // namespace amphid
