// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "options.h"

#include <cstdio>
#include <cstdlib>

#include <getopt.h>

namespace amphid {

namespace {

struct OptionRow {
    char letter;
    const char* name;
    const char* argument; // null: it takes none
    const char* sentence;
};

constexpr OptionRow rows[] = {
    {'n', "rounds", "N", "rounds of launches and of early restarts (default 200)"},
    {'o', "only", "PART", "measure only launch, restart, log or residents"},
    {'f', "open-files", "N", "soft limit of open files for all (default: the shell's)"},
    {'j', "json", nullptr, "print one JSON document instead of tables"},
    {'c', "check", nullptr, "exit with 1 when amphid misses a limit of its issue"},
    {'s', "seed", "N", "draw the orders from this seed"},
    {'a', "amphid", "PATH", "the amphid to measure; again for another build to compare with"},
    {'p', "peers", "DIR", "where the peers' packages are unpacked"},
    {'h', "help", nullptr, "print this text"},
};

int number(const char* text, const char* name) {
    char* end = nullptr;
    const long value = std::strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < 1 || value > 1'000'000) {
        throw BenchError(std::string("--") + name + " wants a number from 1 to 1000000, not '" +
                         text + "'");
    }
    return static_cast<int>(value);
}

std::string part(const std::string& text) {
    for (const char* known : {"launch", "restart", "log", "residents"}) {
        if (text == known) {
            return text;
        }
    }
    throw BenchError("--only wants launch, restart, log or residents, not '" + text + "'");
}

void apply(Options& options, int letter, const char* argument) {
    switch (letter) {
    case 'n':
        options.rounds = number(argument, "rounds");
        break;
    case 'o':
        options.only = part(argument);
        break;
    case 'f':
        options.open_files = number(argument, "open-files");
        break;
    case 'j':
        options.json = true;
        break;
    case 'c':
        options.check = true;
        break;
    case 's':
        options.seed = static_cast<unsigned>(number(argument, "seed"));
        break;
    case 'a':
        options.programs.amphids.emplace_back(argument);
        break;
    case 'p':
        options.programs.peers = argument;
        break;
    case 'h':
        options.help = true;
        break;
    default:
        throw BenchError("see --help");
    }
}

} // namespace

Options read_options(int argc, char** argv) {
    std::vector<option> table;
    std::string letters;
    for (const OptionRow& row : rows) {
        const bool takes = row.argument != nullptr;
        table.push_back({row.name, takes ? required_argument : no_argument, nullptr, row.letter});
        letters += row.letter;
        letters += takes ? ":" : "";
    }
    table.push_back({});
    Options options;
    for (int letter = 0;
         (letter = getopt_long(argc, argv, letters.c_str(), table.data(), nullptr)) != -1;) {
        apply(options, letter, optarg);
    }
    if (optind < argc) {
        throw BenchError(std::string("unexpected argument '") + argv[optind] + "'; see --help");
    }
    return options;
}

std::string help_text() {
    std::string text =
        "Usage: script/bench [OPTION]...\n\n"
        "Measures amphid against its peers on this machine: medians, taken in turns.\n\n";
    for (const OptionRow& row : rows) {
        std::string name = std::string("--") + row.name;
        name += row.argument != nullptr ? std::string(" ") + row.argument : "";
        name.resize(16, ' ');
        text += std::string("  -") + row.letter + ", " + name + row.sentence + "\n";
    }
    return text;
}

} // namespace amphid
