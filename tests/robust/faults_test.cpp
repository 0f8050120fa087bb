// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// One system call fails, once: the command goes on or says what it could not do to what, and
// nothing is left that should not be there. AMPHID_SOAK=1 takes every call with every error and
// prints all; otherwise it is a sample (is_in_sample).
// AMPHID_FAULT="SCENARIO ROLE CALL NTH ERROR" (with AMPHID_SOAK=1) plays those that match, each
// part a regular expression, and shows what was said.

#include "failing_calls.h"
#include "scene.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <regex>
#include <sstream>
#include <sys/mount.h>
#include <unistd.h>

namespace amphid::test {

namespace {

bool all_of_them() {
    return std::getenv("AMPHID_SOAK") != nullptr;
}

std::string word_of(const Outcome& outcome) {
    switch (outcome.kind) {
    case Outcome::Kind::goes_on:
        return "goes on";
    case Outcome::Kind::clear_error:
        return "clear error";
    case Outcome::Kind::names_nothing:
        return "names nothing";
    case Outcome::Kind::fault:
        return "FAULT";
    case Outcome::Kind::not_reached:
        break;
    }
    return "not reached";
}

std::string one_line(std::string text) {
    for (char& c : text)
        c = c == '\n' ? '|' : c;
    return text;
}

class FaultTest : public ::testing::TestWithParam<Scenario> {
protected:
    FaultTest() : scene_(program(), AMPHID_HELPER, scratch()) {}

    /// As the process tests take it.
    static std::string program() {
        const char* given = std::getenv("AMPHID");
        return given == nullptr ? AMPHID_BINARY : given;
    }

    static std::string scratch() {
        const char* given = std::getenv("TEST_TMPDIR");
        return std::string(given == nullptr ? "/tmp" : given) + "/faults";
    }

    /// The first and the last of its kind, with the likeliest error.
    static bool is_in_sample(const FailingCall& call, int nth, int count, int error) {
        return (nth == 1 || (nth == count && call.is_frequent())) && error == call.errors.front();
    }

    static std::vector<Fault> faults_of(const Counts& counts) {
        std::vector<Fault> out;
        for (const auto& [key, count] : counts) {
            const FailingCall* call = find_call(key.second);
            if (call == nullptr) {
                ADD_FAILURE() << "no errors are known for system call " << key.second;
                continue;
            }
            for (int nth = 1; nth <= count; ++nth)
                for (const int error : call->errors)
                    if (all_of_them() || is_in_sample(*call, nth, count, error))
                        out.push_back({key.first, key.second, nth, error});
        }
        return out;
    }

    /// Where the order of calls depended on chance, it is tried again.
    Outcome play(const Fault& fault) {
        Outcome out = scene_.play(GetParam(), fault);
        for (int i = 0; i < 2 && out.kind == Outcome::Kind::not_reached; ++i)
            out = scene_.play(GetParam(), fault);
        return out;
    }

    void try_all();

    Scene scene_;
};

std::string row_of(const std::string& scenario, const Fault& fault) {
    std::ostringstream out;
    out << scenario << ' ' << fault.role << ' ' << find_call(fault.call)->name << ' ' << fault.nth
        << ' ' << error_name(fault.error);
    return out.str();
}

void print_row(const std::string& row, const Outcome& outcome) {
    std::cout << row << ": " << word_of(outcome) << "; " << one_line(outcome.why) << "; "
              << one_line(outcome.said) << std::endl;
}

bool is_bad(const Outcome& outcome) {
    return outcome.kind == Outcome::Kind::fault || outcome.kind == Outcome::Kind::names_nothing;
}

} // namespace

void FaultTest::try_all() {
    const char* asked = std::getenv("AMPHID_FAULT");
    const Counts counts = scene_.record(GetParam());
    ASSERT_FALSE(counts.empty()) << "without a fault it does not work either";
    std::map<std::string, int> sums;
    for (const Fault& fault : faults_of(counts)) {
        const std::string row = row_of(GetParam().name, fault);
        if (asked != nullptr && !std::regex_match(row, std::regex(asked)))
            continue;
        const Outcome outcome = play(fault);
        ++sums[word_of(outcome)];
        if (all_of_them() || is_bad(outcome))
            print_row(row, outcome);
        EXPECT_FALSE(is_bad(outcome)) << row << ": " << outcome.why << '\n' << outcome.said;
    }
    std::cout << GetParam().name << ':';
    for (const auto& [word, count] : sums)
        std::cout << ' ' << count << ' ' << word << ';';
    std::cout << std::endl;
}

TEST_P(FaultTest, EveryCallMayFailOnce) {
    try_all();
}

/// Where the process tree is all that is known of a service.
class TreeFaultTest : public FaultTest {
protected:
    void SetUp() override {
        if (::mount("tmpfs", cgroups, "tmpfs", 0, nullptr) < 0)
            GTEST_SKIP() << "needs a mount";
        mounted_ = true;
    }
    void TearDown() override {
        if (mounted_)
            ::umount2(cgroups, MNT_DETACH);
    }

private:
    static constexpr const char* cgroups = "/sys/fs/cgroup";
    bool mounted_ = false;
};

TEST_P(TreeFaultTest, EveryCallMayFailOnce) {
    try_all();
}

namespace {

std::vector<Scenario> scenarios_of_trees() {
    std::vector<Scenario> out = scenarios();
    std::erase_if(out, [](const Scenario& scenario) {
        const std::string name = scenario.name;
        return name != "adoption" && name != "orphan-stop";
    });
    return out;
}

std::string suffix_of(const ::testing::TestParamInfo<Scenario>& info) {
    std::string name = info.param.name;
    for (char& c : name)
        c = c == '-' ? '_' : c;
    return name;
}

} // namespace

INSTANTIATE_TEST_SUITE_P(Trees, TreeFaultTest, ::testing::ValuesIn(scenarios_of_trees()),
                         suffix_of);

INSTANTIATE_TEST_SUITE_P(Scenarios, FaultTest, ::testing::ValuesIn(scenarios()), suffix_of);

} // namespace amphid::test
