// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "walk.h"

namespace amphid {
namespace {

std::vector<Policy> many_policies() {
    std::vector<Policy> out;
    for (const ServiceType type : {ServiceType::simple, ServiceType::exec, ServiceType::notify}) {
        for (std::size_t restart = 0; restart < enum_names(Restart{}).size(); ++restart) {
            for (const bool ours : {true, false}) {
                for (const bool ignore_failure : {true, false}) {
                    Policy policy;
                    policy.type = type;
                    policy.restart = static_cast<Restart>(restart);
                    policy.restart_is_ours = ours;
                    policy.ignore_failure = ignore_failure;
                    out.push_back(policy);
                }
            }
        }
    }
    return out;
}

std::string describe(const Policy& p) {
    return concat("type ", name_of(p.type), ", restart ", name_of(p.restart),
                  p.restart_is_ours ? ", ours" : ", not ours",
                  p.ignore_failure ? ", failures ignored" : "", ", delay ",
                  format_time_span(p.restart_delay), ", burst ", p.start_limit_burst,
                  ", timeout-start ", format_time_span(p.timeout_start), ", timeout-stop ",
                  format_time_span(p.timeout_stop));
}

TEST(Walk, KeepsThePromises) {
    constexpr unsigned steps_a_policy = 1300;
    unsigned steps = 0;
    unsigned seed = 0;
    unsigned visited = 0;
    for (const Policy& base : many_policies()) {
        for (unsigned taken = 0; taken < steps_a_policy; ++seed) {
            std::mt19937 random(seed);
            const auto one_of = [&](auto a, auto b, auto c) {
                const auto n = random() % 3;
                return n == 0 ? a : n == 1 ? b : c;
            };
            Policy policy = base;
            policy.restart_delay = one_of(TimeSpan{}, milliseconds(100), seconds(20));
            policy.start_limit_burst = one_of(0U, 3U, 1000U);
            policy.timeout_start = one_of(TimeSpan::infinity(), seconds(1), seconds(90));
            policy.timeout_stop = one_of(TimeSpan::infinity(), seconds(1), seconds(90));
            Walk walk(policy, random);
            taken += walk.run(static_cast<unsigned>(random() % 150));
            visited |= walk.visited();
            ASSERT_FALSE(HasFailure()) << "seed " << seed << ": " << describe(policy);
        }
        steps += steps_a_policy;
    }
    EXPECT_GE(steps, 100'000U);
    EXPECT_EQ(visited, (1U << enum_names(ServiceState{}).size()) - 1) << "a state never seen";
}

} // namespace
} // namespace amphid
