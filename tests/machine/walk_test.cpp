// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "walk.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace amphid {
namespace {

/// Draws from the whole range of files that config/rules.cpp lets through.
class AnyPolicy {
public:
    explicit AnyPolicy(std::mt19937& random) : random_(random) {}

    Policy operator()() {
        Policy p;
        // policy_of() knows no idle.
        constexpr auto types = static_cast<std::size_t>(ServiceType::idle);
        p.type = every<ServiceType>()[random_() % types];
        p.kill_mode = any<KillMode>();
        p.hears_service = is_notify(p.type) || chance();
        p.restart = any<Restart>();
        p.restart_is_ours = chance();
        p.retries_first_start = one_of(true, true, false);
        p.restart_delay = one_of(TimeSpan{}, milliseconds(100), seconds(20));
        p.restart_steps = one_of(0U, 0U, 3U);
        p.restart_max_delay = p.restart_steps > 0 ? seconds(60) : TimeSpan::infinity();
        p.start_limit_burst = one_of(0U, 3U, 1000U);
        p.timeout_start = one_of(TimeSpan::infinity(), seconds(1), seconds(90));
        p.timeout_stop = one_of(TimeSpan::infinity(), seconds(1), seconds(90));
        p.timeout_abort = one_of(TimeSpan::infinity(), seconds(1), seconds(90));
        p.runtime_max = one_of(TimeSpan::infinity(), TimeSpan::infinity(), seconds(2));
        p.has_conditions = one_of(false, false, true);
        p.drain = one_of(TimeSpan{}, TimeSpan{}, seconds(2));
        p.remain_after_exit = chance();
        p.has_pid_file = p.type == ServiceType::forking && chance();
        p.send_sigkill = one_of(true, true, false);
        const bool hooks = one_of(true, true, false);
        for (const CommandList list : every_command_list) {
            give_commands(p, list, hooks);
        }
        return p;
    }

private:
    template <class T>
    T one_of(T a, T b, T c) {
        const auto n = random_() % 3;
        return n == 0 ? a : n == 1 ? b : c;
    }
    bool chance() { return random_() % 2 == 0; }
    template <class E>
    E any() {
        return every<E>()[random_() % every<E>().size()];
    }

    void give_commands(Policy& p, CommandList list, bool hooks) {
        const bool starts = list == CommandList::exec_start;
        std::size_t size = hooks ? random_() % 3 : 0;
        if (starts) {
            size = p.type == ServiceType::oneshot ? size + 1 : 1;
        }
        for (std::size_t i = 0; i < size; ++i) {
            p.ignored_failures[static_cast<std::size_t>(list)].push_back(random_() % 4 == 0);
        }
    }

    std::mt19937& random_;
};

std::string describe(const Policy& p) {
    std::string out = concat(
        "type ", name_of(p.type), ", kill-mode ", name_of(p.kill_mode),
        p.send_sigkill ? "" : ", no SIGKILL", ", restart ", name_of(p.restart),
        p.restart_is_ours ? ", ours" : ", not ours", p.retries_first_start ? "" : ", no retry",
        p.remain_after_exit ? ", remain-after-exit" : "", p.has_pid_file ? ", pid file" : "",
        ", delay ", format_time_span(p.restart_delay), ", burst ", p.start_limit_burst,
        ", timeout-start ", format_time_span(p.timeout_start), ", timeout-stop ",
        format_time_span(p.timeout_stop));
    for (const CommandList list : every_command_list) {
        out += concat(p.commands(list).empty() ? "" : ", ",
                      p.commands(list).empty() ? "" : name_of(list));
        for (const bool ignored : p.commands(list)) {
            out += ignored ? " -" : " +";
        }
    }
    return out;
}

TEST(Walk, KeepsThePromises) {
    // What is rare is found by the soak of `script/test --slow`.
    const unsigned many_steps = std::getenv("AMPHID_SOAK") != nullptr ? 20'000'000 : 200'000;
    unsigned visited = 0;
    for (unsigned steps = 0, seed = 0; steps < many_steps; ++seed) {
        std::mt19937 random(seed);
        const Policy policy = AnyPolicy(random)();
        Walk walk(policy, random);
        steps += walk.run(static_cast<unsigned>(random() % 150));
        visited |= walk.visited();
        const std::string broken = walk.broken();
        ASSERT_TRUE(broken.empty()) << broken << "seed " << seed << ": " << describe(policy);
    }
    EXPECT_EQ(visited, (1U << enum_names(ServiceState{}).size()) - 1) << "a state never seen";
}

} // namespace
} // namespace amphid
