// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/unit_check.h"

#include "../house/golden.h"
#include "facts.h"
#include "resolve/unit_text.h"

namespace amphid {
namespace {

std::string found(std::string_view unit, std::string_view toml) {
    const ParsedConfig parsed = parse_config(toml);
    EXPECT_EQ(render(parsed.diagnostics, "", toml), "");
    std::string out;
    for (const Diagnostic& d : check_unit(unit, parsed.config, facts_of_web())) {
        out += concat(d.severity == Diagnostic::Severity::error ? "error" : "warning", ' ',
                      d.at.line, ": ", d.message, '\n');
    }
    return out;
}

constexpr std::string_view small = "[service]\nexec-start = \"/bin/x\"\n";

TEST(UnitCheck, NothingIsWrongWithAGeneratedOne) {
    for (const std::string_view toml :
         {small,
          std::string_view(
              "[service]\nexec-start = \"/bin/x\"\nrestart = \"always\"\nrestart-sec = 1\n"
              "timeout-stop-sec = \"infinity\"\nsuccess-exit-status = [3, \"SIGUSR1\"]\n"
              "kill-signal = \"SIGQUIT\"\nkill-mode = \"process\"\n"
              "start-limit-burst = 3\n[unit]\nafter = [\"a.target\", \"b.target\"]\n"),
          std::string_view("[service]\nexec-start = \"/bin/x\"\n[launcher]\nmode = \"daemon\"\n"
                           "pid-file = \"/run/x.pid\"\n")}) {
        const Config config = parse_config(toml).config;
        EXPECT_EQ(found(unit_file(config, facts_of_web()), toml), "") << toml;
    }
}

TEST(UnitCheck, NothingIsWrongWithTheTemplate) {
    const auto text = read_text_file(source_path("units/amphid@.service"));
    ASSERT_TRUE(text);
    EXPECT_EQ(found(*text, small), "");
}

TEST(UnitCheck, AServiceThatAnswersForItselfMayHaveAReloadSignalOfItsOwn) {
    EXPECT_EQ(found("[Service]\nType=notify-reload\nReloadSignal=SIGUSR1\nKillMode=mixed\n"
                    "ExecStart=amphid start web\n",
                    concat(small, "type = \"notify-reload\"\nreload-signal = \"SIGUSR1\"\n")),
              "");
}

TEST(UnitCheck, Contradictions) {
    struct Case {
        std::string_view unit;
        std::string_view toml;
        std::string_view finding;
    };
    constexpr std::string_view head = "[Service]\nExecStart=amphid start web\nKillMode=mixed\n";
    const Case cases[] = {
        {"Type=forking\nNotifyAccess=main", "",
         "error 4: Type=forking waits for the first process"},
        {"Type=notify\nType=oneshot\nNotifyAccess=main", "", "error 5: Type=oneshot waits"},
        {"Type=exec\nNotifyAccess=main", "type = \"notify\"", "warning 4: Type=exec does not wait"},
        {"Type=exec", "", "warning 1: NotifyAccess=main is missing"},
        {"Type=notify-reload\nReloadSignal=SIGUSR1", "", "error 5: ReloadSignal=SIGUSR1 would be"},
        {"Type=notify-reload\nReloadSignal=SIGUSR1", "type = \"notify-reload\"",
         "error 5: ReloadSignal=SIGUSR1 would be"},
        {"Type=notify\nNotifyAccess=none", "", "error 5: NotifyAccess=none"},
        {"Type=notify\nTimeoutStopSec=10", "timeout-stop-sec = 20",
         "error 5: TimeoutStopSec=10 is shorter than `timeout-stop-sec`"},
        {"Type=notify\nTimeoutSec=1min", "timeout-start-sec = 1",
         "error 5: TimeoutSec=1min is shorter"},
        {"Type=notify", "timeout-stop-sec = \"3min\"", "warning 1: TimeoutStopSec= is missing"},
        {"Type=notify\nKillSignal=SIGQUIT", "", "error 5: KillSignal=SIGQUIT: amphid forwards"},
        {"Type=notify\nKillMode=control-group", "", "warning 5: KillMode=mixed is missing"},
        {"Type=notify\nPIDFile=/run/web.pid", "", "error 5: PIDFile=/run/web.pid is not"},
        {"Type=notify\nUser=web", "", "error 5: User=web leaves no directory"},
        {"Type=notify\nRestart=always", "restart = \"on-failure\"",
         "warning 5: Restart=always differs from `restart` in line 3"},
        {"Type=notify", "restart = \"on-failure\"", "warning 1: Restart= is missing"},
        {"Type=notify\nUMask=0077", "umask = \"0027\"", "error 5: UMask= is set twice: `umask`"},
        {"Type=notify\nEnvironment=A=1\\\n B=2", "environment = [\"A=2\"]",
         "error 5: Environment= is set twice"},
        {"ExecStart=\nType=notify\nExecStart=/usr/bin/amphid start other", "",
         "error 6: this unit runs other, not /etc/amphid/web.toml"},
        {"ExecStart=\nExecStart=/bin/sh -c 'amphid start web'\nType=notify", "",
         "error 1: amphid is not the main process here"},
        {"ExecStart=\nExecStart=/bin/true\nType=notify", "", "error 5: no ExecStart="},
        {"ExecStart=\nExecStart=amphid start --daemon web\nType=notify", "",
         "error 6: Type=notify does not work with --daemon"},
    };
    for (const Case& c : cases) {
        const std::string text =
            found(concat(head, c.unit, "\n# end\n"), concat(small, c.toml, '\n'));
        EXPECT_TRUE(text.starts_with(c.finding)) << c.unit << '\n' << text;
        EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << c.unit << '\n' << text;
    }
}

TEST(UnitText, TakenApart) {
    const UnitText unit("# comment\n[Unit]\nAfter=a.target\nAfter=\nAfter=b.target \\\n; comment\n"
                        "  c.target\n[Service]\n  Type = notify \n");
    EXPECT_EQ(unit.joined("Unit", "After"), "b.target    c.target");
    EXPECT_EQ(unit.last("Service", "Type")->value, "notify");
    EXPECT_EQ(unit.last("Service", "Type")->at, (Position{9, 3}));
    EXPECT_EQ(unit.place_of("Service").line, 8);
    EXPECT_FALSE(unit.last("Service", "After"));
}

} // namespace
} // namespace amphid
