// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/plan.h"

#include "plan/exec_environment.h"

#include "hosts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

// design.md section 3, "Environment".

namespace amphid {
namespace {

Plan plan_of(const Host& host, Asked asked, std::string_view keys = "") {
    const ParsedConfig parsed =
        parse_config("service.exec-start = \"/bin/x\"\n" + std::string(keys));
    EXPECT_TRUE(parsed.diagnostics.empty());
    return make_plan(parsed.config, {"/etc/amphid/web.toml", "web"}, host,
                     decide_mode(host, asked, ModeChoice::automatic));
}

std::set<std::string> names_in(const Environment& environment) {
    std::set<std::string> out;
    for (const std::string& entry : environment) {
        EXPECT_TRUE(out.insert(entry.substr(0, entry.find('='))).second) << entry << " twice";
    }
    return out;
}

using Names = std::set<std::string>;

// Only systemd's own names are for the launcher.
TEST(Environment, NamesThatBeginAlikeStay) {
    Host host = plain_host();
    host.pid = 1;
    host.environment = {"LISTEN_PORT=80", "WATCHDOG_URL=x", "MAINPID_FOO=1", "LISTEN_FDS=1",
                        "WATCHDOG_USEC=1"};
    const Plan plan = plan_of(host, Asked::nothing);
    EXPECT_EQ(names_in(plan.context.environment),
              (Names{"LISTEN_PORT", "WATCHDOG_URL", "MAINPID_FOO"}));
}

TEST(Environment, DaemonHasACleanOne) {
    Host host = systemd_service();
    host.environment.insert(host.environment.end(), {"SECRET=1", "LD_PRELOAD=/x", "TERM=linux",
                                                     "LC_ALL=C", "RUNTIME_DIRECTORY=/run/x"});
    const Plan plan = plan_of(host, Asked::daemon);
    EXPECT_EQ(names_in(plan.context.environment), (Names{"PATH", "LANG"}));
    EXPECT_NE(find_variable(plan.context.environment, "PATH"), "/bin") << "not the starter's";
    EXPECT_EQ(find_variable(plan.context.environment, "LANG"), "C.UTF-8");
    EXPECT_FALSE(plan.context.keep_invocation_id);
    EXPECT_EQ(names_in(plan_of(plain_host(), Asked::daemon).context.environment), Names{"PATH"});
}

TEST(Environment, FileAddsAndReplaces) {
    const std::string keys = "service.environment = [\"PATH=/opt/bin\", \"A=b=c\", \"EMPTY=\"]\n";
    for (const Asked asked : {Asked::daemon, Asked::foreground}) {
        const Environment found = environment_of(plan_of(plain_host(), asked, keys).context);
        EXPECT_EQ(find_variable(found, "PATH"), "/opt/bin");
        EXPECT_EQ(find_variable(found, "A"), "b=c");
        EXPECT_EQ(find_variable(found, "EMPTY"), "");
        names_in(found);
    }
}

TEST(Environment, ForegroundKeepsTheGivenOne) {
    Host host = plain_host();
    host.environment = {"PATH=/bin", "SECRET=1", "TERM=linux",
                        "X=a=b",     "E=",       "SYSTEMD_EXEC_PID=99"};
    EXPECT_EQ(plan_of(host, Asked::foreground).context.environment, host.environment);
}

TEST(Environment, UnderSystemdWhatSpeaksToUsIsDropped) {
    Host host = systemd_service();
    for (const char* name : {"WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID",
                             "LISTEN_FDNAMES", "LISTEN_PIDFDID", "MAINPID", "MAINPIDFDID"}) {
        host.environment.push_back(std::string(name) + "=1");
    }
    const Names kept{"CREDENTIALS_DIRECTORY", "RUNTIME_DIRECTORY",     "STATE_DIRECTORY",
                     "CACHE_DIRECTORY",       "LOGS_DIRECTORY",        "CONFIGURATION_DIRECTORY",
                     "MEMORY_PRESSURE_WATCH", "MEMORY_PRESSURE_WRITE", "MANAGERPID"};
    for (const std::string& name : kept) {
        host.environment.push_back(name + "=/x");
    }
    const Plan plan = plan_of(host, Asked::nothing);
    Names expected = kept;
    expected.insert({"PATH", "LANG", "INVOCATION_ID", "JOURNAL_STREAM"});
    EXPECT_EQ(names_in(plan.context.environment), expected);
    EXPECT_TRUE(plan.context.keep_invocation_id);
    EXPECT_EQ(find_variable(plan.context.environment, "INVOCATION_ID"),
              "0123456789abcdef0123456789abcdef");
}

TEST(Environment, InheritedNotifySocketNeverReachesTheService) {
    Host host = plain_host();
    host.environment.emplace_back("NOTIFY_SOCKET=/run/systemd/notify");
    host.environment.emplace_back("WATCHDOG_USEC=1");
    host.environment.emplace_back("LISTEN_FDS=1");
    const Plan plan = plan_of(host, Asked::foreground);
    EXPECT_EQ(names_in(plan.context.environment), (Names{"PATH", "HOME"}));
}

TEST(Environment, JournalStreamStaysWhereItMatches) {
    struct Case {
        const char* name;
        bool output_is_journal, error_is_journal;
        const char* keys;
        bool stays;
    };
    const Case cases[] = {
        {"both", true, true, "", true},
        {"output only", true, false, "", true},
        {"error only", false, true, "", true},
        {"another's", false, false, "", false},
        {"output to null, error to the journal", true, true, "service.standard-output = \"null\"\n",
         true},
        {"error to null, output to the journal", true, true, "service.standard-error = \"null\"\n",
         true},
        {"both away", true, true,
         "service.standard-output = \"null\"\nservice.standard-error = \"null\"\n", false},
        {"error follows output into a file", true, true,
         "service.standard-output = \"append:/x\"\n", false},
    };
    for (const Case& c : cases) {
        Host host = systemd_service();
        host.output_is_journal = c.output_is_journal;
        host.error_is_journal = c.error_is_journal;
        const Plan plan = plan_of(host, Asked::nothing, c.keys);
        EXPECT_EQ(find_variable(plan.context.environment, "JOURNAL_STREAM").has_value(), c.stays)
            << c.name;
    }
}

TEST(Environment, ALabelOfItsOwnIsAConnectionOfItsOwn) {
    Host host = systemd_service();
    host.journal_runs = true;
    host.output_is_journal = host.error_is_journal = true;
    const auto context = [&](const char* keys) {
        return plan_of(host, Asked::nothing, keys).context;
    };
    EXPECT_EQ(context("").standard_output.kind, OutputKind::inherit);
    const ExecContext labelled = context("service.syslog-identifier = \"label\"\n");
    EXPECT_EQ(labelled.standard_output.kind, OutputKind::journal);
    EXPECT_TRUE(labelled.error_joins_output);
    EXPECT_FALSE(find_variable(labelled.environment, "JOURNAL_STREAM").has_value());
    const ExecContext asked = context("service.syslog-identifier = \"label\"\n"
                                      "service.standard-output = \"inherit\"\n");
    EXPECT_EQ(asked.standard_output.kind, OutputKind::inherit);
    EXPECT_EQ(asked.standard_error.kind, OutputKind::journal);
    EXPECT_FALSE(asked.error_joins_output);
    host.output_is_journal = host.error_is_journal = false; // a file, a terminal
    const ExecContext elsewhere = context("service.syslog-identifier = \"label\"\n");
    EXPECT_EQ(elsewhere.standard_output.kind, OutputKind::inherit);
    EXPECT_EQ(elsewhere.standard_error.kind, OutputKind::inherit);
}

// systemd.exec(5), "Environment Variables in Spawned Processes": the later stands above.
TEST(Environment, OrderOfTheSources) {
    ExecContext context;
    context.environment = {"PATH=base", "HOME=base"};
    context.credentials.login = {"HOME=login", "USER=login"};
    context.directories[0] = {"/run", {"a", "b/c"}, 0755};
    context.assignments = {"USER=file", "X=file"};
    const Environment found =
        environment_of(context, {"INVOCATION_ID=1", "X=own"}, {{"X=one", "Y=one"}, {"Y=two"}});
    EXPECT_EQ(found, (Environment{"PATH=base", "HOME=login", "USER=file",
                                  "RUNTIME_DIRECTORY=/run/a:/run/b/c", "INVOCATION_ID=1", "X=one",
                                  "Y=two"}));
}

TEST(Environment, UnsetTakesNamesAndExactAssignments) {
    Environment environment{"A=1", "B=2", "C=3", "AB=4"};
    unset_variables(environment, {"A", "B=2", "C=x", "D"});
    EXPECT_EQ(environment, (Environment{"C=3", "AB=4"}));
}

TEST(Environment, PassHandsOnWhatTheStarterOfADaemonHas) {
    Host host = plain_host();
    host.environment = {"PATH=/bin", "SECRET=1", "TOKEN=2"};
    const std::string keys = "service.pass-environment = [\"TOKEN\", \"NONE\"]\n";
    EXPECT_EQ(names_in(plan_of(host, Asked::daemon, keys).context.environment),
              (Names{"PATH", "TOKEN"}));
}

} // namespace
} // namespace amphid
