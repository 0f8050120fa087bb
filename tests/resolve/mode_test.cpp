// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/mode.h"

#include "hosts.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace amphid {
namespace {

struct ModeCase {
    std::string name;
    Host host;
    Mode mode;
    Manager manager = Manager::none;
    std::string question; // of the row that decides
    Asked asked = Asked::nothing;
    ModeChoice configured = ModeChoice::automatic;
};

void expect_modes(const std::vector<ModeCase>& cases) {
    for (const ModeCase& c : cases) {
        const Decision decision = decide_mode(c.host, c.asked, c.configured);
        EXPECT_EQ(name_of(decision.mode), name_of(c.mode)) << c.name;
        EXPECT_EQ(name_of(decision.manager), name_of(c.manager)) << c.name;
        EXPECT_EQ(decision.deciding().question, c.question) << c.name;
        EXPECT_EQ(decision.we_are_pid_1, c.host.pid == 1) << c.name;
    }
}

Host with(Host host, std::vector<std::string> variables) {
    for (const std::string& entry : variables) {
        const auto equals = entry.find('=');
        set_variable(host.environment, entry.substr(0, equals), entry.substr(equals + 1));
    }
    return host;
}

Host pid_1(Host host) {
    host.pid = 1;
    return host;
}

const std::string otherwise = "otherwise";
const std::string command_line = "command line";
const std::string configured = "[launcher] mode";
const std::string is_pid_1 = "we are PID 1";
const std::string by_systemd = "systemd executed us";

TEST(Mode, RowsOfTheTable) {
    using enum Mode;
    expect_modes({
        {"a shell", plain_host(), daemon, Manager::none, otherwise},
        {"--daemon", plain_host(), daemon, Manager::none, command_line, Asked::daemon},
        {"--foreground", plain_host(), foreground, Manager::none, command_line, Asked::foreground},
        {"mode = daemon", plain_host(), daemon, Manager::none, configured, Asked::nothing,
         ModeChoice::daemon},
        {"mode = foreground", plain_host(), foreground, Manager::none, configured, Asked::nothing,
         ModeChoice::foreground},
        {"PID 1 of a container", pid_1(plain_host()), foreground, Manager::none, is_pid_1},
        {"PID 1 of a unit with PrivatePIDs=",
         pid_1(with(systemd_service(), {"SYSTEMD_EXEC_PID=1"})), foreground, Manager::system,
         is_pid_1},
        {"a unit of the system", systemd_service(), foreground, Manager::system, by_systemd},
        {"a unit of a user", systemd_service(true), foreground, Manager::user, by_systemd},
    });
}

TEST(Mode, FirstMatchWins) {
    using enum Mode;
    expect_modes({
        {"--daemon over mode", plain_host(), daemon, Manager::none, command_line, Asked::daemon,
         ModeChoice::foreground},
        {"run over mode", plain_host(), foreground, Manager::none, command_line, Asked::foreground,
         ModeChoice::daemon},
        {"--daemon over systemd (Type=forking)", systemd_service(), daemon, Manager::none,
         command_line, Asked::daemon},
        {"run under systemd is systemd's all the same", systemd_service(), foreground,
         Manager::system, command_line, Asked::foreground},
        {"mode = daemon over systemd", systemd_service(), daemon, Manager::none, configured,
         Asked::nothing, ModeChoice::daemon},
        {"mode = foreground under systemd", systemd_service(), foreground, Manager::system,
         configured, Asked::nothing, ModeChoice::foreground},
        {"--daemon over PID 1", pid_1(plain_host()), daemon, Manager::none, command_line,
         Asked::daemon},
        {"mode over PID 1", pid_1(plain_host()), daemon, Manager::none, configured, Asked::nothing,
         ModeChoice::daemon},
    });
}

TEST(Mode, WhatIsInheritedProvesNothing) {
    Host service_of_another = with(systemd_service(), {"SYSTEMD_EXEC_PID=99"});
    Host in_docker = plain_host();
    in_docker.container_marker = "/.dockerenv";
    Host booted = plain_host();
    booted.systemd_booted = true;
    expect_modes({
        {"NOTIFY_SOCKET", with(plain_host(), {"NOTIFY_SOCKET=/run/systemd/notify"}), Mode::daemon,
         Manager::none, otherwise},
        {"INVOCATION_ID", with(plain_host(), {"INVOCATION_ID=0123456789abcdef0123456789abcdef"}),
         Mode::daemon, Manager::none, otherwise},
        {"JOURNAL_STREAM", with(plain_host(), {"JOURNAL_STREAM=8:1"}), Mode::daemon, Manager::none,
         otherwise},
        {"somebody else's SYSTEMD_EXEC_PID", service_of_another, Mode::daemon, Manager::none,
         otherwise},
        {"no number", with(plain_host(), {"SYSTEMD_EXEC_PID="}), Mode::daemon, Manager::none,
         otherwise},
        {"a number with more behind", with(plain_host(), {"SYSTEMD_EXEC_PID=4711 "}), Mode::daemon,
         Manager::none, otherwise},
        {"a longer number", with(plain_host(), {"SYSTEMD_EXEC_PID=47110"}), Mode::daemon,
         Manager::none, otherwise},
        {"MANAGERPID alone", with(plain_host(), {"MANAGERPID=900"}), Mode::daemon, Manager::none,
         otherwise},
        {"/.dockerenv", in_docker, Mode::daemon, Manager::none, otherwise},
        {"/run/systemd/system", booted, Mode::daemon, Manager::none, otherwise},
    });
}

TEST(Mode, PidOneIsEverybodysNumber) {
    // SYSTEMD_EXEC_PID=1 of another PID namespace, without INVOCATION_ID: not systemd's proof.
    const Decision decision = decide_mode(pid_1(with(plain_host(), {"SYSTEMD_EXEC_PID=1"})),
                                          Asked::nothing, ModeChoice::automatic);
    EXPECT_EQ(name_of(decision.mode), "foreground");
    EXPECT_EQ(name_of(decision.manager), "") << "restart is ours";
}

bool mentions(const std::vector<std::string>& lines, std::string_view word) {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
        return line.find(word) != std::string::npos;
    });
}

TEST(Mode, NamesWhatProvesNothing) {
    Host host = with(plain_host(), {"NOTIFY_SOCKET=/x", "INVOCATION_ID=0", "JOURNAL_STREAM=8:1"});
    host.systemd_booted = true;
    host.container_marker = "/.dockerenv";
    const Decision decision = decide_mode(host, Asked::nothing, ModeChoice::automatic);
    for (const char* word : {"NOTIFY_SOCKET", "INVOCATION_ID", "JOURNAL_STREAM",
                             "/run/systemd/system", "/.dockerenv"}) {
        EXPECT_TRUE(mentions(decision.proves_nothing, word)) << word;
    }
    const Decision plain = decide_mode(plain_host(), Asked::nothing, ModeChoice::automatic);
    EXPECT_TRUE(plain.proves_nothing.empty());
    EXPECT_TRUE(plain.warnings.empty());
}

TEST(Mode, WrapperScriptIsWarnedOfExec) {
    Host host = with(systemd_service(), {"SYSTEMD_EXEC_PID=99"});
    host.exec_pid_shares_cgroup = true;
    const Decision decision = decide_mode(host, Asked::nothing, ModeChoice::automatic);
    EXPECT_EQ(name_of(decision.mode), "daemon");
    EXPECT_TRUE(mentions(decision.warnings, "exec"));
    EXPECT_TRUE(mentions(decision.warnings, "99"));
    const Decision told = decide_mode(host, Asked::foreground, ModeChoice::automatic);
    EXPECT_TRUE(told.warnings.empty()) << "it stays in the foreground anyway";
}

TEST(Mode, EveryRowIsShown) {
    const Decision decision = decide_mode(systemd_service(), Asked::daemon, ModeChoice::foreground);
    ASSERT_EQ(decision.rows.size(), 5U);
    for (std::size_t i = 0; i < decision.rows.size(); ++i) {
        EXPECT_EQ(decision.rows[i].matches, i != 2) << decision.rows[i].question;
    }
}

} // namespace
} // namespace amphid
