// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/words.h"

#include "base/exit_code.h"
#include "plan/exec_values.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace amphid {
namespace {

template <NamedEnum E>
void expect_names(std::initializer_list<std::string_view> names) {
    std::set<std::string_view> seen;
    std::size_t i = 0;
    ASSERT_EQ(enum_names(E{}).size(), names.size());
    for (const std::string_view name : names) {
        const E value = static_cast<E>(i++);
        EXPECT_EQ(name_of(value), name);
        EXPECT_EQ(from_name<E>(name), value) << name;
        EXPECT_TRUE(seen.insert(name).second) << name << " twice";
    }
    for (const char* other : {"zzz", " ", "No", "RUNNING", "exec "}) {
        EXPECT_FALSE(from_name<E>(other).has_value()) << other;
    }
}

// systemd.service(5), org.freedesktop.systemd1(5), `systemctl show`.
TEST(Words, AreSystemds) {
    expect_names<ServiceType>(
        {"simple", "exec", "notify", "notify-reload", "forking", "oneshot", "idle"});
    expect_names<KillMode>({"control-group", "mixed", "process", "none"});
    expect_names<Restart>(
        {"no", "on-success", "on-failure", "on-abnormal", "on-watchdog", "on-abort", "always"});
    expect_names<NotifyAccess>({"none", "main", "exec", "all"});
    expect_names<CommandList>({"exec-condition", "exec-start-pre", "exec-start", "exec-start-post",
                               "exec-reload", "exec-stop", "exec-stop-post", "on-success",
                               "on-failure"});
    expect_names<ServiceState>({"dead",          "condition",     "start-pre",    "start",
                                "start-post",    "running",       "exited",       "reload",
                                "reload-signal", "reload-notify", "drain",        "stop",
                                "stop-watchdog", "stop-sigterm",  "stop-sigkill", "stop-post",
                                "final-sigterm", "final-sigkill", "auto-restart", "failed"});
    expect_names<ServiceResult>({"success", "resources", "protocol", "timeout", "exit-code",
                                 "signal", "core-dump", "watchdog", "start-limit-hit",
                                 "exec-condition"});
    expect_names<ExitKind>({"", "exited", "killed", "dumped", "exec-failed", "unknown"});
    expect_names<Mode>({"daemon", "foreground"});
    expect_names<ModeChoice>({"auto", "daemon", "foreground"});
    expect_names<Manager>({"", "system", "user"});
    expect_names<OutputKind>({"", "null", "inherit", "journal", "syslog", "kmsg", "tty", "log",
                              "file", "append", "truncate"});
    expect_names<InputKind>({"", "null", "inherit", "tty", "tty-force", "tty-fail", "file"});
    expect_names<CpuPolicy>({"other", "batch", "idle", "fifo", "rr"});
    expect_names<IoClass>({"none", "realtime", "best-effort", "idle"});
    expect_names<SecureBit>({"noroot", "noroot-locked", "no-setuid-fixup", "no-setuid-fixup-locked",
                             "keep-caps", "keep-caps-locked"});
    expect_names<Preserve>({"no", "yes", "restart"});
}

// systemd.exec(5), "Process Exit Codes".
TEST(Words, StagesHaveSystemdsNumbers) {
    const std::pair<std::string_view, int> stages[] = {{"", 0},
                                                       {"CHDIR", 200},
                                                       {"EXEC", 203},
                                                       {"SIGNAL_MASK", 207},
                                                       {"STDIN", 208},
                                                       {"STDOUT", 209},
                                                       {"SETSID", 220},
                                                       {"STDERR", 222},
                                                       {"NICE", 201},
                                                       {"LIMITS", 205},
                                                       {"OOM_ADJUST", 206},
                                                       {"CHROOT", 210},
                                                       {"IOPRIO", 211},
                                                       {"TIMERSLACK", 212},
                                                       {"SECUREBITS", 213},
                                                       {"SETSCHEDULER", 214},
                                                       {"CPUAFFINITY", 215},
                                                       {"GROUP", 216},
                                                       {"USER", 217},
                                                       {"CAPABILITIES", 218},
                                                       {"NO_NEW_PRIVILEGES", 227},
                                                       {"RUNTIME_DIRECTORY", 233},
                                                       {"STATE_DIRECTORY", 238},
                                                       {"CACHE_DIRECTORY", 239},
                                                       {"LOGS_DIRECTORY", 240},
                                                       {"CONFIGURATION_DIRECTORY", 241},
                                                       {"ENVIRONMENT", 1},
                                                       {"FDS", 202},
                                                       {"NAMESPACE", 226},
                                                       {"KEYRING", 237},
                                                       {"SECCOMP", 228}};
    EXPECT_EQ(std::size(stages), enum_names(ExecStage{}).size());
    for (const auto& [name, number] : stages) {
        const auto stage = from_name<ExecStage>(name);
        ASSERT_TRUE(stage.has_value()) << name;
        EXPECT_EQ(exit_status_of(*stage), number) << name;
    }
}

// LSB, "Init Script Actions".
TEST(Words, ExitCodesAreLsbs) {
    EXPECT_EQ(static_cast<int>(ExitCode::failure), 1);
    EXPECT_EQ(static_cast<int>(ExitCode::usage), 2);
    EXPECT_EQ(static_cast<int>(ExitCode::not_permitted), 4);
    EXPECT_EQ(static_cast<int>(ExitCode::not_installed), 5);
    EXPECT_EQ(static_cast<int>(ExitCode::not_configured), 6);
    EXPECT_EQ(static_cast<int>(ExitCode::not_running), 7);
    EXPECT_EQ(static_cast<int>(StatusCode::dead_with_pid_file), 1);
    EXPECT_EQ(static_cast<int>(StatusCode::not_running), 3);
    EXPECT_EQ(static_cast<int>(StatusCode::unknown), 4);
}

TEST(Words, OnlyTheDeadAreInactive) {
    for (std::size_t i = 0; i < enum_names(ServiceState{}).size(); ++i) {
        const auto state = static_cast<ServiceState>(i);
        EXPECT_EQ(is_active(state), state != ServiceState::dead && state != ServiceState::failed);
    }
}

} // namespace
} // namespace amphid
