// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "process.h"
#include "workplace.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace amphid {

enum class Kind { amphid, dpkg, daemonize, runsv };

// A program that starts services, as the figures see it.
struct Contender {
    Kind kind = Kind::amphid;
    std::string name;    // as in the tables
    std::string version; // empty when it could not be asked
    std::filesystem::path program;
    bool returns = false;  // its command returns while the service runs
    bool readies = false;  // and returns no earlier than the service is ready
    bool restarts = false; // a supervisor stays and starts the service again
};

// One service of one contender: everything needed to start it, and what to remove afterwards.
struct Instance {
    Contender contender;
    std::string name;
    std::vector<std::string> argv;
    std::vector<std::string> environment;
    std::vector<std::filesystem::path> leavings;
    Handle stamps;
};

// Which amphid, peers and service to measure. A peer is looked for below `peers` and, where it is
// not there, on the host; without either it is left out.
struct Programs {
    std::vector<std::filesystem::path> amphids; // several: builds to be compared
    std::filesystem::path peers;                // holds PEER/usr/..., PEER/VERSION
    std::filesystem::path service;
};

std::vector<Contender> find_contenders(const Programs& programs);

// Writes what the contender needs to run the benchmark's service under this name.
Instance prepare(const Contender& contender, const std::string& name, const Programs& programs,
                 const Workplace& place);

// The ways from the benchmark's service to a file.
enum class LogWay { cat, raw, stamped };

// Writes what this amphid, or a shell's pipe to cat(1), needs to write so many MiB of the service's
// output to a file. amphid rotates it.
Instance prepare_log(const Contender& contender, LogWay way, const std::string& name, int mebibytes,
                     const Programs& programs, const Workplace& place);

// Removes what a start of the instance leaves in the file system, so that each start is the first.
void forget(const Instance& instance);

} // namespace amphid
