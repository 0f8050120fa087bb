// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/reading.h"

#include <gtest/gtest.h>

#include <vector>

// What print_value() writes is TOML, and reads back as the same value: `explain` and the reference
// print what could stand in a file.

namespace amphid {
namespace {

template <class T>
void expect_round_trip(const std::vector<T>& values) {
    for (const T& value : values) {
        const std::string text = print_value(value);
        const Document document = parse_toml(concat("x = ", text, '\n'));
        ASSERT_EQ(document.root.size(), 1U)
            << "no TOML: " << text << ": "
            << (document.diagnostics.empty() ? "" : document.diagnostics.front().message);
        T read{};
        const auto refusal = read_value(document.root.front().value, read);
        ASSERT_FALSE(refusal.has_value()) << text << ": " << refusal->message;
        EXPECT_TRUE(read == value) << text << " became " << print_value(read);
    }
}

const std::vector<std::string> evil_lines{"plain",
                                          "two words",
                                          "\"quoted\"",
                                          "back\\slash",
                                          "tab\there",
                                          "bell\a esc\x1b",
                                          "ünï \xf0\x9f\x98\x80",
                                          "#= []{}",
                                          "\x7f delete",
                                          "\xc2\x9b csi",
                                          "'",
                                          "\\u0041",
                                          "\b\f\r"};

TEST(RoundTrip, Text) {
    expect_round_trip<std::string>(evil_lines);
}

TEST(RoundTrip, Path) {
    expect_round_trip<Path>({{"/"}, {"/a/b c"}, {"/\"\\"}, {"/\u00fc"}});
}

TEST(RoundTrip, Number) {
    expect_round_trip<unsigned>({0, 1, 5, 4294967295U});
}

TEST(RoundTrip, ByteSize) {
    expect_round_trip<ByteSize>({{0},
                                 {1},
                                 {1000},
                                 {1536},
                                 {1024},
                                 {8 << 20},
                                 {std::uint64_t{3} << 30},
                                 {LogSettings::unlimited}});
}

TEST(RoundTrip, TimeSpan) {
    expect_round_trip<TimeSpan>({{},
                                 microseconds(1),
                                 milliseconds(100),
                                 microseconds(1'500'001),
                                 seconds(90),
                                 seconds(86'400 * 400 + 1),
                                 TimeSpan{TimeSpan::infinity().usec - 1},
                                 TimeSpan::infinity()});
}

TEST(RoundTrip, Signal) {
    std::vector<Signal> signals;
    for (int number = 1; number <= SIGRTMAX; ++number) {
        signals.push_back({number});
    }
    expect_round_trip(signals);
}

TEST(RoundTrip, FileMode) {
    std::vector<FileMode> modes;
    for (mode_t bits = 0; bits <= 07777; ++bits) {
        modes.push_back({bits});
    }
    expect_round_trip(modes);
}

TEST(RoundTrip, Assignments) {
    Assignments all;
    for (std::size_t i = 0; i < evil_lines.size(); ++i) {
        all.list.push_back(concat("V", i, '=', evil_lines[i]));
    }
    all.list.emplace_back("LINES=one\ntwo\n");
    all.list.emplace_back("EMPTY=");
    expect_round_trip<Assignments>({all, {{"A=1"}}});
}

TEST(RoundTrip, Output) {
    expect_round_trip<Output>({{OutputKind::null, ""},
                               {OutputKind::inherit, ""},
                               {OutputKind::file, "/x"},
                               {OutputKind::append, "/var/log/a:b"},
                               {OutputKind::truncate, "/a b"}});
}

TEST(RoundTrip, ValuesOfExec) {
    expect_round_trip<bool>({false, true});
    expect_round_trip<Account>({{"www-data"}, {"1000"}, {"ü"}});
    expect_round_trip<Names>({{{"a", "b c"}}, {{"\"\\"}}});
    expect_round_trip<CapabilitySet>({{0}, {1}, {1U << 10 | 1U << 21}, {~0ULL}, {~1ULL}, {~6ULL}});
    expect_round_trip<SecureBits>({{1}, {63}, {16}});
    expect_round_trip<CpuSet>({{{1, 0, 0}}, {{~0ULL, 1}}});
    expect_round_trip<Nanoseconds>({{0}, {50000}});
    expect_round_trip<EnvironmentFiles>({{{{"/a b", true}, {"/c", false}}}});
    expect_round_trip<DirectoryNames>({{{"a", "b/c d"}}});
    expect_round_trip<Input>(
        {{InputKind::null, ""}, {InputKind::tty_fail, ""}, {InputKind::file, "/x y"}});
    expect_round_trip<std::optional<CpuPolicy>>({CpuPolicy::other, CpuPolicy::rr});
    expect_round_trip<std::optional<IoClass>>({IoClass::none, IoClass::idle});
}

TEST(RoundTrip, ExitStatusSet) {
    ExitStatusSet all;
    for (int code = 0; code < 256; ++code) {
        all.codes.push_back(code);
    }
    for (int signal = 1; signal <= SIGRTMAX; ++signal) {
        // Those between belong to libc and have no name; a number means a code here.
        if (signal < 32 || signal >= SIGRTMIN) {
            all.signals.push_back(signal);
        }
    }
    expect_round_trip<ExitStatusSet>({all, {{3}, {}}, {{}, {SIGTERM}}});
}

TEST(RoundTrip, Command) {
    std::vector<StartCommands> commands;
    for (const bool ignore_failure : {false, true}) {
        for (const bool expand : {false, true}) {
            for (const Privileges privileges : {Privileges::normal, Privileges::privileged,
                                                Privileges::no_setuid, Privileges::ambient}) {
                for (const char* name : {"/bin/x", "", "other", "@", "-x"}) {
                    Command command{"/bin/x", {name}, ignore_failure, expand, privileges};
                    command.argv.insert(command.argv.end(), evil_lines.begin(), evil_lines.end());
                    command.argv.emplace_back(";");
                    command.argv.emplace_back("");
                    commands.push_back({{command}});
                }
            }
        }
    }
    expect_round_trip(commands);
    Commands hooks;
    for (const StartCommands& one : commands) {
        hooks.list.push_back(one.list.front());
    }
    expect_round_trip<Commands>({hooks, {{hooks.list.front()}}});
    expect_round_trip<StartCommands>({{hooks.list}});
}

TEST(RoundTrip, Words) {
    const auto all_of = [](auto values) { return std::vector(values.begin(), values.end()); };
    expect_round_trip(all_of(every<ServiceType>()));
    expect_round_trip(all_of(every<Restart>()));
    expect_round_trip(all_of(every<ModeChoice>()));
    expect_round_trip<std::optional<NotifyAccess>>(
        {NotifyAccess::none, NotifyAccess::main, NotifyAccess::all});
}

TEST(RoundTrip, WhatIsNotSetPrintsNothing) {
    EXPECT_EQ(print_value(std::string()), "");
    EXPECT_EQ(print_value(Path{}), "");
    EXPECT_EQ(print_value(StartCommands{}), "");
    EXPECT_EQ(print_value(Commands{}), "");
    EXPECT_EQ(print_value(Assignments{}), "");
    EXPECT_EQ(print_value(Output{}), "");
    EXPECT_EQ(print_value(ExitStatusSet{}), "");
    EXPECT_EQ(print_value(std::optional<NotifyAccess>{}), "");
}

// systemd.service(5): "exit statuses ... numeric, exit status names, or termination signal names".
TEST(Reading, ExitStatusNamesOfSystemd) {
    const auto read = [](std::string_view text) {
        ExitStatusSet out;
        const Value value{std::string(text), {1, 1}};
        return read_value(value, out) ? std::string("refused") : print_value(out);
    };
    EXPECT_EQ(read("75"), "[75]");
    EXPECT_EQ(read("SIGKILL"), "[\"SIGKILL\"]");
    EXPECT_EQ(read("KILL"), "[\"SIGKILL\"]");
    EXPECT_EQ(read("9"), "[9]") << "a number is a code";
    EXPECT_EQ(read("TEMPFAIL"), "[75]");
    EXPECT_EQ(read("EXEC"), "[203]");
    EXPECT_NE(read("+5"), "[\"SIGTRAP\"]") << "no number is a signal here";
    EXPECT_NE(read("0x0f"), "[\"SIGTERM\"]");
}

} // namespace
} // namespace amphid
