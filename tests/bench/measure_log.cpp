// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "measure.h"

#include <algorithm>

#include <sys/wait.h>

namespace amphid {

namespace {

constexpr int mebibytes = 256;
constexpr int most_rounds = 12; // each takes about a second
constexpr double ns_per_ms = 1e6;
constexpr double least_stamped = 450; // MB/s
constexpr double longest_stamped_ms = mebibytes * 1048.576 / least_stamped;

struct Way {
    LogWay way;
    Contender contender;
};

// How long the service was at it. Each start is the first: nothing is there to be appended to.
double time_output(const Bench& bench, const Way& one, int serial) {
    const Instance instance =
        prepare_log(one.contender, one.way, "bench-log-" + std::to_string(serial), mebibytes,
                    bench.programs, bench.place);
    const pid_t command = bench.household.spawn(instance.argv, instance.environment);
    const Stamp stamp = bench.household.await_stamp(instance.stamps, one.contender.name);
    int status = 0;
    bench.household.await_end(command, status, one.contender.name);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        throw BenchError(one.contender.name + ": writing a log failed, wait status " +
                         std::to_string(status));
    }
    bench.household.reap_strays();
    forget(instance);
    return static_cast<double>(stamp.main_ns) / ns_per_ms;
}

} // namespace

std::vector<Figure> measure_log(const Bench& bench, int rounds) {
    Figure raw{"log_raw", "256 MiB of output to a rotated file", "ms", "cat", Limit{1.0, true}, {}};
    Figure stamped{"log_stamped",
                   "the same with a time before each line",
                   "ms",
                   "",
                   Limit{longest_stamped_ms, false},
                   {}};
    std::vector<Way> ways{{LogWay::cat, {Kind::amphid, "cat", "", "/bin/cat"}}};
    raw.rows.push_back({"cat", {}, "a pipe to cat > file, no rotation"});
    for (const Contender& contender : bench.contenders) {
        if (contender.kind == Kind::amphid) {
            ways.push_back({LogWay::raw, contender});
            ways.push_back({LogWay::stamped, contender});
            raw.rows.push_back({contender.name, {}, ""});
            stamped.rows.push_back({contender.name, {}, ""});
        }
    }
    int serial = 0;
    for (int round = 0; round < std::min(rounds, most_rounds); ++round) {
        std::shuffle(ways.begin(), ways.end(), bench.random);
        for (const Way& one : ways) {
            const double taken = time_output(bench, one, serial++);
            for (Row& row : (one.way == LogWay::stamped ? stamped : raw).rows) {
                if (row.contender == one.contender.name) {
                    row.samples.push_back(taken);
                }
            }
        }
    }
    return {raw, stamped};
}

} // namespace amphid
