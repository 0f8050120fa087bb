// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/plan.h"

#include "base/text.h"
#include "hosts.h"
#include "resolve/readiness.h"

#include <cstdint>
#include <gtest/gtest.h>

namespace amphid {
namespace {

Config config_of(std::string_view service_keys) {
    const std::string text =
        concat("service.exec-start = [\"/bin/x\", \"$A\"]\n", service_keys, '\n');
    const ParsedConfig parsed = parse_config(text);
    EXPECT_EQ(render(parsed.diagnostics, "config", text), "");
    return parsed.config;
}

Plan plan_of(std::string_view service_keys, const Host& host, Asked asked = Asked::nothing) {
    return make_plan(config_of(service_keys), {"/etc/amphid/web.toml", "web"}, host,
                     decide_mode(host, asked, ModeChoice::automatic));
}

Host with(Host host, std::string entry) {
    host.environment.push_back(std::move(entry));
    return host;
}

Host without(Host host, std::string_view name) {
    unset_variable(host.environment, name);
    return host;
}

TEST(Plan, TwoLifecyclesAreThreeFields) {
    const Plan daemon = plan_of("", plain_host());
    EXPECT_TRUE(daemon.detach);
    EXPECT_EQ(daemon.announce, Announce::starting_command);
    EXPECT_TRUE(daemon.policy.restart_is_ours);

    const Plan terminal = plan_of("", plain_host(), Asked::foreground);
    EXPECT_FALSE(terminal.detach);
    EXPECT_EQ(terminal.announce, Announce::nobody);
    EXPECT_TRUE(terminal.policy.restart_is_ours);

    const Plan unit = plan_of("", systemd_service());
    EXPECT_FALSE(unit.detach);
    EXPECT_EQ(unit.announce, Announce::manager);
    EXPECT_FALSE(unit.policy.restart_is_ours);
    EXPECT_EQ(name_of(unit.manager), "system");
}

TEST(Plan, OnlyTheManagerThatStartedUsIsTold) {
    const Host other = with(plain_host(), "NOTIFY_SOCKET=/run/web.sock");
    EXPECT_EQ(plan_of("", other, Asked::foreground).announce, Announce::manager) << "OpenRC, s6";
    EXPECT_EQ(name_of(plan_of("", other, Asked::foreground).manager), "");
    EXPECT_EQ(plan_of("", other).announce, Announce::starting_command);
    const Host shell = with(other, "SYSTEMD_EXEC_PID=1");
    EXPECT_EQ(plan_of("", shell, Asked::foreground).announce, Announce::nobody) << "inherited";
    EXPECT_EQ(plan_of("", systemd_service(), Asked::daemon).announce, Announce::starting_command);
    EXPECT_EQ(plan_of("", without(systemd_service(), "NOTIFY_SOCKET")).announce, Announce::nobody);
    Host container = shell;
    container.pid = 1;
    EXPECT_EQ(plan_of("", container).announce, Announce::manager) << "podman, nspawn";
}

TEST(Plan, PolicyIsTheFilesOwn) {
    const Plan plan = plan_of("service.type = \"notify\"\nservice.restart = \"on-abort\"\n"
                              "service.restart-sec = 3\nservice.start-limit-burst = 2\n"
                              "service.start-limit-interval-sec = 8\n"
                              "service.success-exit-status = [1, \"USR1\"]\n"
                              "service.timeout-start-sec = 4\nservice.timeout-stop-sec = 5\n",
                              plain_host());
    const Policy& policy = plan.policy;
    EXPECT_EQ(policy.type, ServiceType::notify);
    EXPECT_EQ(policy.restart, Restart::on_abort);
    EXPECT_EQ(policy.restart_delay, seconds(3));
    EXPECT_EQ(policy.start_limit_burst, 2U);
    EXPECT_EQ(policy.start_limit_interval, seconds(8));
    EXPECT_EQ(policy.success_exit_status, (ExitStatusSet{{1}, {SIGUSR1}}));
    EXPECT_EQ(policy.timeout_start, seconds(4));
    EXPECT_EQ(policy.timeout_stop, seconds(5));
    EXPECT_FALSE(policy.ignores_failure(CommandList::exec_start, 0));
}

TEST(Plan, IgnoreFailureComesFromThePrefix) {
    const ParsedConfig parsed = parse_config("service.exec-start = \"-/bin/x\"\n");
    const Host host = plain_host();
    EXPECT_TRUE(make_plan(parsed.config, {"/x.toml", "x"}, host,
                          decide_mode(host, Asked::nothing, ModeChoice::automatic))
                    .policy.ignores_failure(CommandList::exec_start, 0));
}

// systemd.service(5): 0 means no limit for these two, and nothing else.
TEST(Plan, ZeroTimeoutsAreInfinite) {
    const Plan plan = plan_of("service.timeout-start-sec = 0\nservice.timeout-stop-sec = \"0\"\n"
                              "service.restart-sec = 0\nservice.start-limit-interval-sec = 0\n",
                              plain_host());
    EXPECT_TRUE(plan.policy.timeout_start.is_infinite());
    EXPECT_TRUE(plan.policy.timeout_stop.is_infinite());
    EXPECT_EQ(plan.policy.restart_delay, TimeSpan{});
    EXPECT_EQ(plan.policy.start_limit_interval, TimeSpan{});
}

// systemd.service(5), NotifyAccess=.
TEST(Plan, NotifyAccessDefaultsToTheType) {
    EXPECT_EQ(name_of(plan_of("", plain_host()).notify_access), "none");
    EXPECT_EQ(name_of(plan_of("service.type = \"simple\"", plain_host()).notify_access), "none");
    EXPECT_EQ(name_of(plan_of("service.type = \"notify\"", plain_host()).notify_access), "main");
    EXPECT_EQ(
        name_of(plan_of("service.type = \"notify\"\nservice.notify-access = \"all\"", plain_host())
                    .notify_access),
        "all");
    EXPECT_EQ(name_of(plan_of("service.notify-access = \"main\"", plain_host()).notify_access),
              "main");
}

struct OutputCase {
    std::string keys;
    Asked asked;
    OutputKind output;
    bool joins;
    OutputKind error; // where it does not join
};

TEST(Plan, Outputs) {
    using enum OutputKind;
    const OutputCase cases[] = {
        {"", Asked::daemon, log, true, log},
        {"", Asked::foreground, inherit, false, inherit},
        {"service.standard-output = \"null\"", Asked::daemon, null, false, automatic},
        {"service.standard-output = \"null\"", Asked::foreground, null, false, inherit},
        {"service.standard-output = \"inherit\"", Asked::daemon, inherit, false, automatic},
        {"service.standard-output = \"file:/x\"", Asked::daemon, file, true, automatic},
        {"service.standard-output = \"append:/x\"", Asked::foreground, append, true, automatic},
        {"service.standard-error = \"null\"", Asked::daemon, log, false, null},
        {"service.standard-output = \"journal\"", Asked::daemon, log, true, log},
        {"service.standard-output = \"journal\"\nlog.file = \"/l\"", Asked::daemon, log, true, log},
        {"log.file = \"/l\"\nlog.prefix = true", Asked::daemon, log, false, log},
        {"log.file = \"/l\"", Asked::foreground, log, true, log},
        {"service.standard-error = \"append:/e\"", Asked::foreground, inherit, false, append},
        {"service.standard-output = \"null\"\nservice.standard-error = \"inherit\"", Asked::daemon,
         null, true, inherit},
        {"service.standard-output = \"file:/x\"\nservice.standard-error = \"file:/x\"",
         Asked::daemon, file, true, file},
        {"service.standard-output = \"file:/x\"\nservice.standard-error = \"file:/y\"",
         Asked::daemon, file, false, file},
        {"service.standard-output = \"truncate:/x\"\nservice.standard-error = \"inherit\"",
         Asked::daemon, truncate, true, inherit},
        {"service.standard-output = \"file:/x\"\nservice.standard-error = \"null\"",
         Asked::foreground, file, false, null},
    };
    for (const OutputCase& c : cases) {
        const Plan plan = plan_of(c.keys, plain_host(), c.asked);
        const std::string name =
            concat(c.asked == Asked::daemon ? "daemon: " : "foreground: ", c.keys);
        EXPECT_EQ(name_of(plan.context.standard_output.kind), name_of(c.output)) << name;
        EXPECT_EQ(plan.context.error_joins_output, c.joins) << name;
        if (!c.joins) {
            EXPECT_EQ(name_of(plan.context.standard_error.kind), name_of(c.error)) << name;
        }
    }
}

// systemd.exec(5), StandardError=inherit: whatever standard output is, the default too.
TEST(Plan, ErrorInheritsTheDefaultOutput) {
    const Plan plan = plan_of("service.standard-error = \"inherit\"", plain_host());
    EXPECT_EQ(name_of(plan.context.standard_output.kind), "log");
    EXPECT_TRUE(plan.context.error_joins_output ||
                plan.context.standard_error.kind == OutputKind::null)
        << "not the terminal of whoever started the daemon";
}

// Where no journald runs, a daemon's output is kept all the same.
TEST(DefaultLog, ByUser) {
    Host user = plain_host();
    user.uid = 1000;
    const auto path = [](const Host& host, const std::string& keys = "") {
        return plan_of(keys, host).context.log.path;
    };
    EXPECT_EQ(path(plain_host()), "/var/log/amphid/web.log");
    EXPECT_TRUE(plan_of("", plain_host()).context.log.is_default);
    EXPECT_EQ(path(user), "/root/.local/state/amphid/web.log");
    EXPECT_EQ(path(with(user, "XDG_STATE_HOME=/srv/state")), "/srv/state/amphid/web.log");
    std::erase(user.environment, "HOME=/root");
    EXPECT_EQ(path(user), "");
    EXPECT_EQ(name_of(plan_of("", user).context.standard_output.kind), "null");
    EXPECT_EQ(path(plain_host(), "service.standard-output = \"null\""), "");
    Host with_journal = plain_host();
    with_journal.journal_runs = true;
    EXPECT_EQ(path(with_journal), "");
    EXPECT_EQ(plan_of("", plain_host(), Asked::foreground).context.log.path, "");
}

TEST(RuntimeDirectory, ByUserAndManager) {
    Host user = plain_host();
    user.uid = 1000;
    std::erase(user.environment, "HOME=/root");
    Host with_xdg = with(user, "XDG_RUNTIME_DIR=/run/user/1000");
    Host unit_of_user = systemd_service();
    unit_of_user.uid = 999; // User= in a unit of the system
    std::erase(unit_of_user.environment, "HOME=/root");
    const auto directory = [](const Host& host, const std::string& configured = "") {
        return runtime_directory_of("web", configured, host);
    };
    EXPECT_EQ(directory(plain_host()), "/run/amphid/web");
    EXPECT_EQ(directory(with(plain_host(), "XDG_RUNTIME_DIR=/run/user/0")), "/run/amphid/web");
    EXPECT_EQ(directory(plain_host(), "/srv/run"), "/srv/run");
    EXPECT_EQ(directory(with_xdg), "/run/user/1000/amphid/web");
    EXPECT_EQ(directory(user), "") << "never /tmp";
    EXPECT_EQ(directory(with(user, "XDG_RUNTIME_DIR=")), "");
    EXPECT_EQ(directory(with(user, "XDG_RUNTIME_DIR=relative")), "");
    EXPECT_EQ(directory(with(user, "HOME=/home/web")), "/home/web/.local/state/amphid/run/web");
    EXPECT_EQ(directory(with(user, "XDG_STATE_HOME=/srv/state")), "/srv/state/amphid/run/web");
    EXPECT_EQ(directory(with(with_xdg, "HOME=/home/web")), "/run/user/1000/amphid/web");
    EXPECT_EQ(directory(with(unit_of_user, "HOME=/home/web")), "") << "a unit can say where";
    EXPECT_EQ(directory(user, "/srv/run"), "/srv/run");
    EXPECT_EQ(directory(unit_of_user), "") << "the unit has no RuntimeDirectory=";
    EXPECT_EQ(directory(with(unit_of_user, "RUNTIME_DIRECTORY=/run/amphid/web")),
              "/run/amphid/web");
    EXPECT_EQ(directory(with(unit_of_user, "RUNTIME_DIRECTORY=/run/other:/run/amphid/web")),
              "/run/amphid/web");
    EXPECT_EQ(directory(with(unit_of_user, "RUNTIME_DIRECTORY=/run/own")), "/run/own");
    EXPECT_EQ(directory(with(unit_of_user, "RUNTIME_DIRECTORY=")), "");
    EXPECT_EQ(directory(with(with_xdg, "RUNTIME_DIRECTORY=/run/amphid/web")),
              "/run/user/1000/amphid/web")
        << "inherited: systemd did not start this process";
    EXPECT_EQ(directory(systemd_service(true)), "/run/user/1000/amphid/web");
}

TEST(RuntimeDirectory, AbsenceIsOneSentence) {
    Host user = plain_host();
    user.uid = 1000;
    EXPECT_NE(no_runtime_directory(user).find("XDG_RUNTIME_DIR"), std::string::npos);
    EXPECT_NE(no_runtime_directory(systemd_service()).find("RuntimeDirectory=amphid/"),
              std::string::npos);
}

TEST(Plan, Names) {
    const Plan plan = plan_of("", plain_host());
    EXPECT_EQ(plan.name, "web");
    EXPECT_EQ(plan.config, "/etc/amphid/web.toml");
    EXPECT_EQ(plan.paths.directory, "/run/amphid/web");
    EXPECT_EQ(plan.paths.pid_file, "/run/amphid/web/pid");
    EXPECT_EQ(plan.paths.service_pid_file, "");
    const Plan named = plan_of("launcher.name = \"other\"\nlauncher.pid-file = \"/run/o.pid\"\n"
                               "launcher.service-pid-file = \"/run/m.pid\"",
                               plain_host());
    EXPECT_EQ(named.name, "other");
    EXPECT_EQ(named.paths.directory, "/run/amphid/other");
    EXPECT_EQ(named.paths.pid_file, "/run/o.pid");
    EXPECT_EQ(named.paths.service_pid_file, "/run/m.pid");
}

TEST(Plan, UntoldReadinessIsWarnedOf) {
    const Host silent = without(systemd_service(), "NOTIFY_SOCKET");
    const auto warnings = [](std::string_view keys, const Host& host, Asked asked = {}) {
        return warnings_about(plan_of(keys, host, asked), host);
    };
    const auto said = warnings("service.type = \"notify\"", silent);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_NE(said.front().find("Type=notify"), std::string::npos);
    EXPECT_NE(said.front().find("--daemon"), std::string::npos);
    EXPECT_TRUE(warnings("service.type = \"notify\"", systemd_service()).empty());
    EXPECT_TRUE(warnings("service.type = \"notify\"", plain_host()).empty());
    EXPECT_TRUE(warnings("service.type = \"notify\"", silent, Asked::daemon).empty());
    EXPECT_TRUE(warnings("", silent).empty()) << "nothing to tell: exec is ready at once";
}

// systemd's setrlimit_closest(): 12 of 76 real units had a limit that a container cannot give.
TEST(Plan, LimitsAndScoresAreLoweredToWhatCanBeHad) {
    constexpr std::string_view keys = "service.limit-nofile = 1048576\nservice.nice = -5\n"
                                      "service.oom-score-adjust = -900\nservice.limit-core = 0";
    Host host = plain_host();
    host.limits[static_cast<std::size_t>(Resource::nofile)] = {1024, 4096};
    host.limits[static_cast<std::size_t>(Resource::nice)] = {22, 22};
    host.oom_score_adjust = 100;
    const Plan plan = plan_of(keys, host);
    const auto& limits = plan.context.limits;
    EXPECT_EQ(limits[static_cast<std::size_t>(Resource::nofile)], (Limit{4096, 4096}));
    EXPECT_EQ(limits[static_cast<std::size_t>(Resource::core)], (Limit{0, 0}));
    EXPECT_EQ(plan.context.scheduling.nice, -2);
    EXPECT_EQ(plan.context.scheduling.oom_score_adjust, 100);
    EXPECT_EQ(warnings_about(plan, host),
              (std::vector<std::string>{
                  "web: limit-nofile: 1048576 is not available here (it needs CAP_SYS_RESOURCE); "
                  "using 4096",
                  "web: nice: -5 is not available here (it needs CAP_SYS_NICE); using -2",
                  "web: oom-score-adjust: -900 is not available here (it needs CAP_SYS_RESOURCE); "
                  "using 100"}));
    host.capabilities = ~std::uint64_t{0};
    const Plan mighty = plan_of(keys, host);
    EXPECT_EQ(mighty.context.limits[static_cast<std::size_t>(Resource::nofile)],
              (Limit{1048576, 1048576}));
    EXPECT_TRUE(warnings_about(mighty, host).empty());
    host.outside_uid = 65534; // in a user namespace
    EXPECT_EQ(plan_of(keys, host).context.scheduling.oom_score_adjust, 100);
}

TEST(Plan, TheJournalThatIsNotThereIsTheDefault) {
    constexpr std::string_view keys = "service.standard-output = \"journal+console\"";
    Host host = plain_host();
    EXPECT_EQ(plan_of(keys, host).context.standard_output.kind, OutputKind::log);
    EXPECT_EQ(plan_of(keys, host, Asked::foreground).context.standard_output.kind,
              OutputKind::inherit);
    EXPECT_EQ(warnings_about(plan_of(keys, host), host),
              (std::vector<std::string>{"web: standard-output: \"journal\" is not available here "
                                        "(no journald runs); using the default"}));
    host.journal_runs = true;
    const Plan plan = plan_of(keys, host);
    EXPECT_EQ(plan.context.standard_output.kind, OutputKind::journal);
    EXPECT_TRUE(plan.context.standard_output.console);
    EXPECT_TRUE(warnings_about(plan, host).empty());
}

TEST(Plan, NothingReloadsThatDoesNotSayHow) {
    EXPECT_EQ(plan_of("", plain_host()).reload_signal, 0);
    EXPECT_FALSE(can_reload(config_of("").service));
    EXPECT_EQ(plan_of("service.reload-signal = \"USR1\"", plain_host()).reload_signal, SIGUSR1);
    EXPECT_EQ(plan_of("service.type = \"notify-reload\"", plain_host()).reload_signal, SIGHUP);
    EXPECT_TRUE(can_reload(config_of("service.exec-reload = [\"/bin/true\"]").service));
}

TEST(Plan, IdleIsSimple) {
    EXPECT_EQ(plan_of("service.type = \"idle\"", plain_host()).policy.type, ServiceType::simple);
}

TEST(Plan, OnlyForkingReadsThePidFile) {
    constexpr std::string_view file = "service.pid-file = \"/run/x.pid\"\n";
    EXPECT_FALSE(plan_of(file, plain_host()).policy.has_pid_file);
    EXPECT_TRUE(
        plan_of(concat(file, "service.type = \"forking\""), plain_host()).policy.has_pid_file);
}

TEST(Plan, TheHomeIsAWorkingDirectory) {
    const Plan home = plan_of("service.working-directory = \"-~\"", plain_host());
    EXPECT_TRUE(home.context.working_directory_is_home);
    EXPECT_TRUE(home.context.working_directory_is_optional);
    const Plan path = plan_of("service.working-directory = \"-/srv//web/\"", plain_host());
    EXPECT_EQ(path.context.working_directory, "/srv/web");
    EXPECT_FALSE(path.context.working_directory_is_home);
}

TEST(Plan, TheDescriptorOfReadyIsNoneThatIsGiven) {
    Host host = systemd_service();
    set_variable(host.environment, "LISTEN_PID", concat(host.pid));
    set_variable(host.environment, "LISTEN_FDS", "2");
    set_variable(host.environment, "LISTEN_FDNAMES", "web:tls");
    const auto taken = [](std::string_view keys, const Host& where, Asked asked = {}) {
        return taken_ready_descriptor(plan_of(keys, where, asked),
                                      names_of_given_descriptors(where));
    };
    EXPECT_EQ(
        taken("ready.fd = 4", host),
        "web: [ready] fd = 4 is the descriptor 'tls' that systemd passes: choose one from 5 on");
    EXPECT_EQ(taken("ready.fd = 5", host), "");
    EXPECT_EQ(taken("ready.log = \"x\"", host), "");
    EXPECT_EQ(taken("ready.fd = 4", host, Asked::daemon), "") << "nothing is given to a daemon";
    // A store of our own stands behind what is given; systemd's is among it.
    constexpr std::string_view stored = "ready.fd = 5\nservice.file-descriptor-store-max = 2";
    EXPECT_EQ(taken(stored, host), "");
    EXPECT_EQ(taken(stored, without(host, "NOTIFY_SOCKET")),
              "web: [ready] fd = 5 is a socket or a stored file descriptor: choose one from 7 "
              "on");
}

TEST(Plan, NamesWhatIsNotAppliedOutsideSystemd) {
    const std::string tables = "[systemd.service]\n"
                               "PrivateTmp = true\n"
                               "ProtectHome = \"read-only\"\n"
                               "PrivateNetwork = false\n"
                               "ProtectProc = \"default\"\n"
                               "DynamicUser = true\n"
                               "MemoryMax = \"1G\"\n"
                               "[systemd.unit]\n"
                               "OnFailure = \"mail.service\"\n"
                               "PartOf = \"web.target\"\n";
    EXPECT_EQ(plan_of(tables, plain_host()).concessions,
              std::vector<std::string>{"not applied outside systemd: PrivateTmp=, "
                                       "ProtectHome=, DynamicUser=, MemoryMax="});
    EXPECT_TRUE(plan_of(tables, systemd_service()).concessions.empty());
    EXPECT_TRUE(plan_of("", plain_host()).concessions.empty());
}

} // namespace
} // namespace amphid
