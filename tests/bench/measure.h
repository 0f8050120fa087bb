// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "contender.h"
#include "figure.h"

#include <random>
#include <vector>

namespace amphid {

// What a measurement needs to know. Contenders take turns in each round, in an order that is drawn
// anew, so that whatever else the machine does meets all of them alike.
struct Bench {
    const Household& household;
    const Workplace& place;
    const Programs& programs;
    const std::vector<Contender>& contenders;
    std::mt19937& random;
};

// Two figures from the same starts: until the command returns, and until main() of the service.
std::vector<Figure> measure_launch(const Bench& bench, int rounds);

// Two figures of the resident supervisors while nothing happens: private dirty memory, wakeups.
std::vector<Figure> measure_residents(const Bench& bench);

// Two figures from kill -9 of the service until its next main(): killed as soon as it is up, and
// after it has been up for more than the second that runsv wants to see between two starts.
std::vector<Figure> measure_restart(const Bench& bench, int rounds);

// Two figures of much output on its way to a file that is rotated: as it is, and with a time before
// each line.
std::vector<Figure> measure_log(const Bench& bench, int rounds);

} // namespace amphid
