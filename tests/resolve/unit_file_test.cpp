// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/unit_file.h"

#include "../house/golden.h"
#include "config/directive_names.h"
#include "resolve/directive.h"

namespace amphid {
namespace {

constexpr std::string_view file = R"toml([unit]
description = "Demo, 100 % of it"
documentation = ["man:web(8)", "https://example.org/web"]
after = ["network-online.target", "postgresql.service"]
wants = "network-online.target"

[install]
wanted-by = ["multi-user.target"]
alias = ["www.service"]

[service]
type = "notify"
exec-start = ["/usr/bin/web", "--port", "80"]
restart = "on-failure"
restart-sec = "1s 500ms"
start-limit-burst = 3
start-limit-interval-sec = "10min"
success-exit-status = [3, "SIGUSR1"]
timeout-stop-sec = 20
kill-signal = "SIGINT"
environment = { PASSWORD = "secret" }

[systemd.unit]
OnFailure = "mail@%n.service"

[systemd.service]
PrivateTmp = true
MemoryMax = "1G"
ReadWritePaths = ["/srv/%p", "-/var/spool/web"]
PrivatePIDs = true
X-Note = 7

[systemd.install]
Also = "web.timer"
)toml";

Config parsed(std::string_view text) {
    ParsedConfig out = parse_config(text);
    EXPECT_EQ(render(out.diagnostics, "", text), "");
    return std::move(out.config);
}

UnitFacts facts_of_web() {
    UnitFacts facts;
    facts.name = "web";
    facts.file = {"/etc/amphid/web.toml", "web"};
    facts.amphid = "/usr/bin/amphid";
    facts.systemd_version = 252;
    return facts;
}

TEST(UnitFile, EveryKind) {
    EXPECT_TRUE(is_golden("tests/resolve/unit_web.txt", unit_file(parsed(file), facts_of_web())));
}

TEST(UnitFile, OfAUserWithAFileOfHisOwn) {
    UnitFacts facts = facts_of_web();
    facts.manager = Manager::user;
    facts.file = {"/home/a b/.config/amphid/$x%y.toml", "$x%y"};
    facts.systemd_version = 257;
    facts.public_file = false;
    EXPECT_TRUE(is_golden("tests/resolve/unit_user.txt", unit_file(parsed(file), facts)));
}

TEST(UnitFile, TwoLinesAreEnough) {
    EXPECT_TRUE(
        is_golden("tests/resolve/unit_small.txt",
                  unit_file(parsed("[service]\nexec-start = \"/bin/x\"\n"), facts_of_web())));
}

TEST(UnitFile, OfABrokenFile) {
    EXPECT_TRUE(is_golden("tests/resolve/unit_broken.txt", failing_unit_file(facts_of_web())));
}

TEST(UnitFile, SecretsStayInAFileThatNotEverybodyMayRead) {
    UnitFacts facts = facts_of_web();
    EXPECT_NE(unit_file(parsed(file), facts).find("secret"), std::string::npos);
    facts.public_file = false;
    const std::string text = unit_file(parsed(file), facts);
    EXPECT_EQ(text.find("secret"), std::string::npos);
    EXPECT_NE(text.find("environment"), std::string::npos);
}

TEST(UnitFile, LimitsAndDirectories) {
    constexpr std::string_view text = R"toml([service]
exec-start = "/bin/x"
nice = -5
limit-nofile = "1024:infinity"
limit-core = 0
limit-cpu = 60
oom-score-adjust = 100
state-directory = ["web", "web/cache files"]
state-directory-mode = "0700"
runtime-directory = "web"
kill-mode = "none"
exec-stop = "/bin/true"
)toml";
    EXPECT_TRUE(
        is_golden("tests/resolve/unit_limits.txt", unit_file(parsed(text), facts_of_web())));
    EXPECT_TRUE(is_golden("tests/resolve/unit_limits_user.txt",
                          unit_file(parsed(concat(text, "user = \"web\"\n")), facts_of_web())));
}

TEST(UnitFile, TheLimitsOfTimeAreLongerThanOurs) {
    const auto limits = [](std::string_view span) {
        std::string out;
        const std::string text = unit_file(
            parsed(concat("[service]\nexec-start = \"/bin/x\"\ntimeout-start-sec = ", span,
                          "\ntimeout-stop-sec = ", span, '\n')),
            facts_of_web());
        for (const std::string_view line : split(text, '\n')) {
            out += line.starts_with("Timeout") ? concat(line, ' ') : "";
        }
        return out;
    };
    EXPECT_EQ(limits("1"), "TimeoutStartSec=11s TimeoutStopSec=11s ");
    EXPECT_EQ(limits("0"), "TimeoutStartSec=infinity TimeoutStopSec=infinity ");
    EXPECT_EQ(limits("\"infinity\""), "TimeoutStartSec=infinity TimeoutStopSec=infinity ");
}

TEST(UnitFile, WithoutALauncherSystemdEndsTheServiceItself) {
    const std::string text = unit_file(parsed("[launcher]\nsupervise = \"never\"\n"
                                              "[service]\nexec-start = \"/bin/web\"\n"
                                              "type = \"notify\"\nnotify-access = \"all\"\n"
                                              "kill-mode = \"control-group\"\n"
                                              "kill-signal = \"SIGQUIT\"\n"
                                              "send-sighup = true\n"),
                                       facts_of_web());
    for (const std::string_view line : {"\nNotifyAccess=all\n", "\nKillMode=control-group\n",
                                        "\nKillSignal=SIGQUIT\n", "\nSendSIGHUP=yes\n"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    }
}

TEST(UnitFile, NoLineIsForgedByAValue) {
    UnitFacts facts = facts_of_web();
    const std::string text =
        unit_file(parsed("[unit]\ndescription = \"x\\\\\"\n"
                         "[service]\nexec-start = [\"/bin/x\", \"a\\nExecStartPre=/bin/evil\"]\n"),
                  facts);
    for (const std::string_view line : split(text, '\n')) {
        EXPECT_FALSE(line.starts_with("ExecStartPre")) << line;
        EXPECT_FALSE(line.ends_with('\\')) << "continues in the next line: " << line;
    }
}

// What a unit says by itself, [systemd.service] must not say again.
TEST(UnitFile, ItsOwnLinesAreRefusedAmongTheCopied) {
    const std::string text = failing_unit_file(facts_of_web());
    const auto from = text.find("[Service]");
    ASSERT_NE(from, std::string::npos);
    for (const std::string_view line : split(std::string_view(text).substr(from), '\n')) {
        const auto equals = line.find('=');
        if (equals == std::string_view::npos || line.front() == '#' ||
            line.starts_with("RuntimeDirectory=")) {
            continue;
        }
        const ParsedConfig config =
            parse_config(concat("[service]\nexec-start = \"/bin/x\"\n[systemd.service]\n",
                                line.substr(0, equals), " = \"x\"\n"));
        EXPECT_TRUE(has_error(config.diagnostics)) << line;
    }
}

TEST(Directive, Values) {
    EXPECT_EQ(directive_value("\"50 %\""), "50 %%");
    EXPECT_EQ(directive_value("[\"a\", \"b c\", 3, true, \"q\\\"\"]"), "a \"b c\" 3 yes \"q\\\"\"");
    EXPECT_EQ(directive_value("[]"), "");
    EXPECT_EQ(directive_value("\"two\\nlines\""), "two lines");
    EXPECT_EQ(directive_line("A", "x\\"), "A=x\\ \n");
    EXPECT_EQ(directive_line("A", "x\\\\"), "A=x\\\\\n");
    EXPECT_EQ(exec_word("/a b/$c%d;"), "\"/a b/$$c%%d;\"");
    EXPECT_EQ(exec_word(";"), "\";\"");
    EXPECT_EQ(first_version_of("PrivatePIDs"), 257U);
    EXPECT_EQ(first_version_of("ExecReloadPost"), 259U);
    EXPECT_EQ(first_version_of("ExecStart"), 0U);
}

} // namespace
} // namespace amphid
