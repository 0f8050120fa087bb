// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
//
// Measures amphid against dpkg's start-stop-daemon, daemonize and runit's runsv. script/bench
// builds and calls it; see there for where the peers come from.
#include "measure.h"
#include "options.h"
#include "report.h"

#include <algorithm>
#include <cstdio>

#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace amphid;
namespace fs = std::filesystem;

// Root's amphid refuses a program that others could write: it gets a copy of its own.
fs::path provide_service(const Workplace& place) {
    const fs::path built = fs::read_symlink("/proc/self/exe").parent_path() / "bench_service";
    if (geteuid() != 0) {
        return built;
    }
    const fs::path copy = place.directory() / "service";
    fs::copy_file(built, copy);
    fs::permissions(copy, fs::perms(0755));
    return copy;
}

// dpkg closes every descriptor up to the soft limit one by one, so the limit is part of the result:
// the shell's, as a user of this machine has it, or the one that was asked for.
rlim_t limit_descriptors(int asked) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (asked != 0) {
        limit.rlim_cur = std::min<rlim_t>(static_cast<rlim_t>(asked), limit.rlim_max);
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
            refuse("limit the open files");
        }
    }
    return limit.rlim_cur;
}

void append(std::vector<Figure>& all, const std::vector<Figure>& more) {
    all.insert(all.end(), more.begin(), more.end());
}

int run(int argc, char** argv) {
    Options options = read_options(argc, argv);
    if (options.help) {
        std::fputs(help_text().c_str(), stdout);
        return 0;
    }
    Circumstances here = describe_machine();
    const std::vector<Contender> contenders = find_contenders(options.programs);
    here.rounds = options.rounds;
    here.seed = options.seed != 0 ? options.seed : std::random_device()();
    std::mt19937 random(here.seed);
    const rlim_t descriptors = limit_descriptors(options.open_files);
    const Workplace place;
    here.place = place.description() + ", at most " + std::to_string(descriptors) +
                 " open files (dpkg closes each of them)";
    options.programs.service = provide_service(place);
    const Household household;
    const Bench bench{household, place, options.programs, contenders, random};
    const auto wanted = [&](const char* part) {
        return options.only.empty() || options.only == part;
    };
    std::vector<Figure> figures;
    if (wanted("launch")) {
        append(figures, measure_launch(bench, options.rounds));
    }
    if (wanted("restart")) {
        append(figures, measure_restart(bench, options.rounds));
    }
    if (wanted("log")) {
        append(figures, measure_log(bench, options.rounds));
    }
    if (wanted("residents")) {
        append(figures, measure_residents(bench));
    }
    const auto report = options.json ? json_report : text_report;
    std::fputs(report(here, contenders, figures).c_str(), stdout);
    const std::vector<std::string> missed = missed_limits(figures);
    for (const std::string& sentence : missed) {
        std::fprintf(stderr, "bench: %s\n", sentence.c_str());
    }
    return options.check && !missed.empty() ? 1 : 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench: %s\n", error.what());
        return 2;
    }
}
