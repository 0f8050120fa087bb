// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// One system call fails, once: the command goes on or says what it could not do to what, and
// nothing is left that should not be there. AMPHID_SOAK=1 takes every call with every error and
// prints all; otherwise it is a sample (is_in_sample). What became of each call is in outcomes/,
// which AMPHID_SOAK=1 AMPHID_UPDATE_GOLDEN=1 writes. AMPHID_FAULT="SCENARIO ROLE CALL NTH ERROR"
// (with AMPHID_SOAK=1) plays those that match, each part a regular expression, and shows what was
// said.

#include "failing_calls.h"
#include "outcomes.h"
#include "scene.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
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

    /// An outcome that depended on chance comes again.
    Outcome play_as_expected(const Fault& fault, const Outcomes& expected) {
        Outcome out = play(fault);
        for (int i = 0; i < 2 && !is_bad(out) && expected.contradict(key_of(fault), word_of(out));
             ++i)
            out = play(fault);
        return out;
    }

    static Outcomes::Key key_of(const Fault& fault) {
        return {fault.role + ' ' + find_call(fault.call)->name, error_name(fault.error)};
    }

    static bool is_bad(const Outcome& outcome) {
        return outcome.kind == Outcome::Kind::fault || outcome.kind == Outcome::Kind::names_nothing;
    }

    /// `table`: the file of outcomes.
    void try_all(const std::string& table);
    void try_one(const Fault& fault, const Outcomes& expected, Outcomes& seen);

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

} // namespace

void FaultTest::try_one(const Fault& fault, const Outcomes& expected, Outcomes& seen) {
    const Outcomes::Key key = key_of(fault);
    const std::string row = row_of(GetParam().name, fault);
    const Outcome outcome = play_as_expected(fault, expected);
    const std::string word = word_of(outcome);
    if (all_of_them() || is_bad(outcome))
        print_row(row, outcome);
    EXPECT_FALSE(is_bad(outcome)) << row << ": " << outcome.why << '\n' << outcome.said;
    if (outcome.kind == Outcome::Kind::not_reached)
        return;
    seen.add(key, word);
    if (is_bad(outcome) || Outcomes::are_written())
        return;
    EXPECT_FALSE(expected.contradict(key, word))
        << row << ": " << word << ", three times, but " << expected.path() << " says '"
        << expected.words_for(key) << "'\n"
        << outcome.said;
    if (!expected.know(key))
        std::cout << row << ": not in " << expected.path() << std::endl;
}

void FaultTest::try_all(const std::string& table) {
    const char* asked = std::getenv("AMPHID_FAULT");
    const Counts counts = scene_.record(GetParam());
    ASSERT_FALSE(counts.empty()) << "without a fault it does not work either";
    const Outcomes expected = Outcomes::read(table);
    Outcomes seen(table);
    for (const Fault& fault : faults_of(counts))
        if (asked == nullptr || std::regex_match(row_of(GetParam().name, fault), std::regex(asked)))
            try_one(fault, expected, seen);
    std::cout << GetParam().name << ": " << seen.summary() << std::endl;
    if (Outcomes::are_written() && all_of_them() && asked == nullptr) {
        EXPECT_TRUE(seen.write());
    }
}

TEST_P(FaultTest, EveryCallMayFailOnce) {
    try_all(GetParam().name);
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
    try_all(std::string(GetParam().name) + "-without-cgroup");
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
