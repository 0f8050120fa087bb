// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/signal_name.h"

#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <string>
#include <string_view>

namespace amphid {
namespace {

struct ParseCase {
    std::string_view text;
    int signal;
};

TEST(SignalName, ReadsNamesAndNumbers) {
    const ParseCase cases[] = {
        {"SIGTERM", SIGTERM}, {"TERM", SIGTERM},
        {"15", SIGTERM},      {"SIGHUP", SIGHUP},
        {"HUP", SIGHUP},      {"1", SIGHUP},
        {"KILL", SIGKILL},    {"SIGQUIT", SIGQUIT},
        {"USR1", SIGUSR1},    {"SIGUSR2", SIGUSR2},
        {"WINCH", SIGWINCH},  {"IO", SIGIO},
        {"SYS", SIGSYS},      {"+5", 5},
        {"  +5", 5},          {"0x0f", 15},
        {"017", 15},          {"34", 34},
        {"64", 64},
    };
    for (const ParseCase& c : cases) {
        EXPECT_EQ(parse_signal(c.text), std::optional(c.signal)) << "'" << c.text << "'";
    }
}

TEST(SignalName, ReadsRealTimeSignalsFromBothEnds) {
    const ParseCase cases[] = {
        {"RTMIN", SIGRTMIN},          {"SIGRTMIN", SIGRTMIN},      {"RTMIN+0", SIGRTMIN},
        {"SIGRTMIN+3", SIGRTMIN + 3}, {"RTMIN+25", SIGRTMIN + 25}, {"RTMIN+30", SIGRTMAX},
        {"RTMAX", SIGRTMAX},          {"SIGRTMAX-0", SIGRTMAX},    {"RTMAX-1", SIGRTMAX - 1},
        {"SIGRTMAX-4", SIGRTMAX - 4}, {"SIGRTMAX-30", SIGRTMIN},
    };
    for (const ParseCase& c : cases) {
        EXPECT_EQ(parse_signal(c.text), std::optional(c.signal)) << "'" << c.text << "'";
    }
}

TEST(SignalName, RefusesWhatIsNoSignal) {
    const std::string_view cases[] = {
        "",
        "SIG",
        "hup",
        "sigterm",
        "HOGEHOGE",
        "SIG15",
        "SIGSIGHUP",
        "0",
        "-2",
        "65",
        "10000",
        "4.0",
        "15 ",
        "TERM ",
        " TERM",
        "RTMIN+31",
        "RTMIN+100",
        "RTMIN-1",
        "RTMIN+-3",
        "RTMIN++3",
        "RTMIN+",
        "RTMIN+ 5",
        "RTMIN +5",
        "RTMIN+HUP",
        "RTMIN3",
        "RTMAX-31",
        "RTMAX+1",
        "RTMAX--3",
        "RTMAX-+3",
        "RTMAX- 5",
        "RTMAX -5",
        "RTMAX-HUP",
        "POLL",
        "CLD",
        "99999999999999999999",
        "RTMIN+99999999999999999999",
        "RTMIN+2147483647",
        "RTMAX-2147483647",
    };
    for (const std::string_view text : cases) {
        EXPECT_EQ(parse_signal(text), std::nullopt) << "'" << text << "'";
    }
    EXPECT_EQ(parse_signal(std::string_view("15\0", 3)), std::nullopt) << "NUL at the end";
}

TEST(SignalName, PrintsNamesWithPrefix) {
    const ParseCase cases[] = {
        {"SIGTERM", SIGTERM},
        {"SIGSEGV", SIGSEGV},
        {"SIGCHLD", SIGCHLD},
        {"SIGIO", SIGPOLL},
        {"SIGABRT", SIGIOT},
        {"SIGRTMIN+0", SIGRTMIN},
        {"SIGRTMIN+3", SIGRTMIN + 3},
        {"SIGRTMIN+30", SIGRTMAX},
        {"32", 32},
        {"0", 0},
        {"-1", -1},
        {"65", 65},
    };
    for (const ParseCase& c : cases) {
        EXPECT_EQ(signal_name(c.signal), c.text) << c.signal;
    }
}

TEST(SignalName, EverySignalIsReadBack) {
    for (int signal = 1; signal <= SIGRTMAX; ++signal) {
        EXPECT_EQ(parse_signal(signal_name(signal)), std::optional(signal)) << signal;
    }
}

} // namespace
} // namespace amphid
