// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "measure.h"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <fstream>

#include <sys/wait.h>

namespace amphid {

namespace {

constexpr double ns_per_ms = 1e6;
constexpr int residents_each = 3;
constexpr std::int64_t settle_ns = 500'000'000;
constexpr std::int64_t idle_ns = 1'500'000'000;
constexpr std::int64_t settled_ns = 1'050'000'000;

// Settled restarts take a second each, and so do runsv's early ones.
constexpr int settled_rounds = 12;
constexpr int early_rounds_of_runsv = 3;

struct Started {
    Stamp stamp;
    double returned_ms = 0;
    double main_ms = 0;
    pid_t lasting = 0; // whom to end: the supervisor, or the service where there is none
};

double milliseconds(std::int64_t from_ns, std::int64_t to_ns) {
    return static_cast<double>(to_ns - from_ns) / ns_per_ms;
}

Started start(const Bench& bench, const Instance& instance) {
    const Contender& contender = instance.contender;
    Started started;
    const std::int64_t begin = monotonic_ns();
    const pid_t command = bench.household.spawn(instance.argv, instance.environment);
    if (contender.returns) {
        int status = 0;
        const std::int64_t end = bench.household.await_end(command, status, contender.name);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            throw BenchError(contender.name + ": the start failed, wait status " +
                             std::to_string(status));
        }
        started.returned_ms = milliseconds(begin, end);
    }
    started.stamp = bench.household.await_stamp(instance.stamps, contender.name);
    started.main_ms = milliseconds(begin, started.stamp.main_ns);
    started.lasting = contender.restarts ? started.stamp.parent_pid : started.stamp.pid;
    return started;
}

// runsv asked to end takes its second between two starts first: it is killed, its service ended.
void finish(const Bench& bench, const Instance& instance, const Started& started) {
    pid_t lasting = started.lasting;
    if (instance.contender.kind == Kind::runsv) {
        bench.household.end(lasting, SIGKILL, instance.contender.name);
        lasting = started.stamp.pid;
    }
    bench.household.end(lasting, SIGTERM, instance.contender.name);
    bench.household.reap_strays();
    forget(instance);
}

bool any(const Contender& /*contender*/) {
    return true;
}

bool keeps_supervisor(const Contender& contender) {
    return contender.restarts;
}

std::vector<Instance> prepare_all(const Bench& bench, const std::string& purpose,
                                  bool (*wanted)(const Contender&)) {
    std::vector<Instance> instances;
    for (const Contender& contender : bench.contenders) {
        if (wanted(contender)) {
            const std::string name = "bench-" + purpose + "-" + std::to_string(instances.size());
            instances.push_back(prepare(contender, name, bench.programs, bench.place));
        }
    }
    return instances;
}

std::vector<std::size_t> turns(const Bench& bench, std::size_t count) {
    std::vector<std::size_t> order(count);
    for (std::size_t i = 0; i < count; ++i) {
        order[i] = i;
    }
    std::shuffle(order.begin(), order.end(), bench.random);
    return order;
}

// The number after "KEY:" in a file of /proc.
double proc_value(pid_t pid, const std::string& file, const std::string& key) {
    const std::string path = "/proc/" + std::to_string(pid) + "/" + file;
    std::ifstream stream(path);
    for (std::string line; std::getline(stream, line);) {
        if (line.rfind(key + ":", 0) == 0) {
            return std::stod(line.substr(key.size() + 1));
        }
    }
    throw BenchError("no " + key + " in " + path);
}

double wakeups(pid_t pid) {
    return proc_value(pid, "status", "voluntary_ctxt_switches") +
           proc_value(pid, "status", "nonvoluntary_ctxt_switches");
}

double kill_and_await(const Bench& bench, const Instance& instance, Started& started) {
    const std::int64_t begin = monotonic_ns();
    if (kill(started.stamp.pid, SIGKILL) != 0) {
        refuse("kill the service of " + instance.contender.name);
    }
    started.stamp = bench.household.await_stamp(instance.stamps, instance.contender.name);
    return milliseconds(begin, started.stamp.main_ns);
}

std::vector<Row> empty_rows(const Bench& bench, bool (*wanted)(const Contender&)) {
    std::vector<Row> rows;
    for (const Contender& contender : bench.contenders) {
        if (wanted(contender)) {
            rows.push_back({contender.name, {}, ""});
        }
    }
    return rows;
}

// A supervisor that is watched while it has nothing to do.
struct Resident {
    Instance instance;
    Started started;
    std::size_t row = 0;
    double wakeups_before = 0;
};

} // namespace

std::vector<Figure> measure_launch(const Bench& bench, int rounds) {
    const std::vector<Instance> all = prepare_all(bench, "launch", any);
    Figure returned{"launch_ready",
                    "launch until the command returns, service ready",
                    "ms",
                    "dpkg",
                    Limit{1.0, true},
                    empty_rows(bench, any)};
    Figure main_seen{"launch_main", "launch until the service's main()",
                     "ms",          "dpkg",
                     std::nullopt,  empty_rows(bench, any)};
    for (int round = 0; round < rounds; ++round) {
        for (const std::size_t i : turns(bench, all.size())) {
            const Started started = start(bench, all[i]);
            finish(bench, all[i], started);
            if (all[i].contender.returns) {
                returned.rows[i].samples.push_back(started.returned_ms);
            }
            main_seen.rows[i].samples.push_back(started.main_ms);
        }
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Contender& contender = all[i].contender;
        returned.rows[i].note = !contender.returns   ? "its command does not return"
                                : !contender.readies ? "does not wait for readiness"
                                                     : "";
    }
    return {returned, main_seen};
}

std::vector<Figure> measure_residents(const Bench& bench) {
    std::vector<Resident> residents;
    for (int n = 0; n < residents_each; ++n) {
        std::size_t row = 0;
        for (Instance& instance :
             prepare_all(bench, "idle" + std::to_string(n), keeps_supervisor)) {
            const Started started = start(bench, instance);
            residents.push_back({std::move(instance), started, row++});
        }
    }
    Figure memory{"private_dirty",   "resident supervisor: private dirty memory", "KiB", "runsv",
                  Limit{160, false}, empty_rows(bench, keeps_supervisor)};
    Figure waking{"idle_wakeups", "resident supervisor: wakeups while idle", "/s", "",
                  std::nullopt,   empty_rows(bench, keeps_supervisor)};
    bench.household.await_time(monotonic_ns() + settle_ns);
    for (Resident& one : residents) {
        one.wakeups_before = wakeups(one.started.lasting);
    }
    bench.household.await_time(monotonic_ns() + idle_ns);
    for (const Resident& one : residents) {
        const double woken = wakeups(one.started.lasting) - one.wakeups_before;
        waking.rows[one.row].samples.push_back(woken * 1e9 / static_cast<double>(idle_ns));
        memory.rows[one.row].samples.push_back(
            proc_value(one.started.lasting, "smaps_rollup", "Private_Dirty"));
    }
    for (const Resident& one : residents) {
        finish(bench, one.instance, one.started);
    }
    return {memory, waking};
}

std::vector<Figure> measure_restart(const Bench& bench, int rounds) {
    const std::vector<Instance> all = prepare_all(bench, "restart", keeps_supervisor);
    Figure early{"restart_early",
                 "kill -9 until the next main(), service just up",
                 "ms",
                 "runsv",
                 std::nullopt,
                 empty_rows(bench, keeps_supervisor)};
    Figure settled{"restart_settled",
                   "kill -9 until the next main(), service up for a second",
                   "ms",
                   "runsv",
                   std::nullopt,
                   empty_rows(bench, keeps_supervisor)};
    std::vector<Started> started;
    for (const Instance& instance : all) {
        started.push_back(start(bench, instance));
    }
    for (int round = 0; round < rounds; ++round) {
        for (const std::size_t i : turns(bench, all.size())) {
            if (all[i].contender.kind != Kind::runsv || round < early_rounds_of_runsv) {
                early.rows[i].samples.push_back(kill_and_await(bench, all[i], started[i]));
            }
        }
    }
    for (int round = 0; round < std::min(rounds, settled_rounds); ++round) {
        bench.household.await_time(monotonic_ns() + settled_ns);
        for (const std::size_t i : turns(bench, all.size())) {
            settled.rows[i].samples.push_back(kill_and_await(bench, all[i], started[i]));
        }
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].contender.kind == Kind::runsv) {
            early.rows[i].note = "runsv lets a second pass between two starts";
        }
        finish(bench, all[i], started[i]);
    }
    return {early, settled};
}

} // namespace amphid
