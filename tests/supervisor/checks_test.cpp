// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/checks.h"

#include "subject.h"

#include <cstdint>

namespace amphid {
namespace {

constexpr TimeSpan start = seconds(1000);
constexpr TimeSpan at(std::int64_t ms) {
    return {start.usec + ms * 1000};
}

class ChecksTest : public testing::Test {
protected:
    void make() {
        checks.emplace(loop, plan, activation, events, subject, upstream, log);
        checks->begin_activation();
    }
    template <class Event>
    bool reported() {
        return !events.empty() && std::holds_alternative<Event>(events.take());
    }
    static Machine in(ServiceState state, bool asks = false) {
        Machine out;
        out.state = state;
        out.asks = asks;
        return out;
    }

    Plan plan;
    ActivationFacts activation;
    EventQueue events{[] {}};
    Loop loop;
    FakeSubject subject;
    Upstream upstream{Announce::nobody, nullptr, Fd()};
    Log log{Log::Sink::syslog};
    std::optional<Checks> checks;
};

TEST_F(ChecksTest, ALineThatCameBeforeItWasAskedForCounts) {
    plan.ready.conditions = {Prints{"^up"}};
    make();
    checks->hear({"up and running"});
    EXPECT_TRUE(events.empty()) << "nobody has asked";
    checks->ask(start);
    EXPECT_TRUE(reported<ConditionsMet>());
    EXPECT_EQ(activation.met, "log /^up/");
}

TEST_F(ChecksTest, ALineOfTheActivationBeforeDoesNotCount) {
    plan.ready.conditions = {Prints{"^up"}};
    make();
    checks->hear({"up"});
    checks->begin_activation();
    checks->ask(start);
    EXPECT_TRUE(events.empty());
    EXPECT_NE(checks->unmet(), "");
}

TEST_F(ChecksTest, WhatComesWhenNobodyAsksAnyMoreIsNoNews) {
    plan.ready.conditions = {Prints{"^up"}};
    make();
    checks->ask(start);
    checks->follow(in(ServiceState::stop_sigterm), start);
    checks->hear({"up"});
    EXPECT_TRUE(events.empty());
}

TEST_F(ChecksTest, TheWatchdogBeginsWithReadinessAndRestsWithTheStop) {
    plan.watchdog = milliseconds(100);
    make();
    checks->follow(in(ServiceState::start), start);
    checks->pinged(start);
    checks->follow(in(ServiceState::running), at(5000));
    checks->follow(in(ServiceState::stop_sigterm), at(5050));
    EXPECT_TRUE(events.empty());
}

TEST_F(ChecksTest, AnIntervalOfTheServicesOwnIsForgottenWithTheActivation) {
    plan.watchdog = seconds(100);
    make();
    checks->set_interval(milliseconds(5), start);
    EXPECT_EQ(activation.watchdog, milliseconds(5));
    activation = {};
    checks->begin_activation();
    EXPECT_EQ(activation.watchdog, std::nullopt);
}

TEST_F(ChecksTest, ATriggerFailsAtOnceAndSaysWhy) {
    make();
    checks->trigger("the service said so");
    EXPECT_TRUE(reported<WatchdogFailed>());
    EXPECT_EQ(activation.ailment, "the service said so");
}

TEST_F(ChecksTest, UnderAManagerTheWatchdogIsTheManagers) {
    plan.manager_watchdog = seconds(10);
    make();
    checks->trigger("the service said so");
    EXPECT_TRUE(events.empty());
    EXPECT_EQ(activation.ailment, "the service said so");
}

TEST_F(ChecksTest, GivesAwayTheDescriptorsOfReady) {
    plan.ready.conditions = {Writes{7}};
    make();
    ASSERT_EQ(checks->gifts().size(), 1U);
    EXPECT_EQ(checks->gifts().front().number, 7);
}

} // namespace
} // namespace amphid
