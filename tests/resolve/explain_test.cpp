// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/explain.h"

#include "../house/golden.h"
#include "hosts.h"
#include "resolve/plan.h"

namespace amphid {
namespace {

constexpr std::string_view file = R"([unit]
description = "Demo"

[service]
type = "notify"
exec-start = ["/usr/bin/web", "--port", "$PORT", "${HOME}/x"]
restart = "on-failure"
environment = { PORT = "80 81" }
standard-output = "append:/var/log/web.log"
)";

std::string explained(std::string_view text, const Host& host, bool all = false) {
    const ParsedConfig parsed = parse_config(text);
    EXPECT_EQ(render(parsed.diagnostics, "", text), "");
    const Decision decision = decide_mode(host, Asked::nothing, parsed.config.launcher.mode);
    return explain(parsed.config, decision,
                   make_plan(parsed.config, {"/etc/amphid/web.toml", "web"}, host, decision), all);
}

TEST(Explain, DaemonFromAShell) {
    Host host = plain_host();
    host.environment.emplace_back("NOTIFY_SOCKET=/run/systemd/notify");
    host.environment.emplace_back("INVOCATION_ID=0123456789abcdef0123456789abcdef");
    host.container_marker = "/.dockerenv";
    EXPECT_TRUE(is_golden("tests/resolve/explain_daemon.txt", explained(file, host, true)));
}

TEST(Explain, UnitOfTheSystem) {
    EXPECT_TRUE(is_golden("tests/resolve/explain_systemd.txt", explained(file, systemd_service())));
}

TEST(Explain, UnitOfAUser) {
    const std::string text = explained(file, systemd_service(true));
    EXPECT_EQ(text.substr(0, text.find('\n')), "mode: foreground; the user's systemd restarts it; "
                                               "readiness goes to NOTIFY_SOCKET");
}

TEST(Explain, PidOneOfAContainer) {
    Host host = plain_host();
    host.pid = 1;
    EXPECT_TRUE(is_golden("tests/resolve/explain_container.txt", explained(file, host)));
}

TEST(Explain, WrapperScript) {
    Host host = systemd_service();
    host.pid = 4712;
    host.exec_pid_shares_cgroup = true;
    EXPECT_TRUE(is_golden("tests/resolve/explain_wrapper.txt", explained(file, host)));
}

TEST(Explain, NoRuntimeDirectory) {
    Host host = plain_host();
    host.uid = 1000;
    std::erase(host.environment, "HOME=/root");
    const std::string text = explained(file, host);
    EXPECT_NE(text.find("no runtime directory"), std::string::npos);
    EXPECT_EQ(text.find(" /pid\n"), std::string::npos) << "no pid file below the root directory";
}

// Control characters are escaped where it is printed; a line's end would forge a line.
TEST(Explain, ValuesStayInTheirLines) {
    const auto lines = [](std::string_view value) {
        std::string text = "service.exec-start = [\"/bin/x\", \"@\"]\n"
                           "service.environment = [\"A=@\"]\n";
        for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@')) {
            text.replace(at, 1, value);
        }
        const std::string page = explained(text, plain_host());
        return split(page, '\n').size();
    };
    EXPECT_EQ(lines("x\\nx"), lines("x"));
}

TEST(Explain, PathsHaveNoControlCharacters) {
    for (const char* key : {"launcher.pid-file", "launcher.runtime-directory",
                            "service.root-directory", "service.standard-output"}) {
        const bool output = std::string_view(key).ends_with("output");
        const std::string text = std::string(key) + " = \"" + (output ? "file:" : "") +
                                 "/x\\nx\"\nservice.exec-start = \"/bin/x\"\n";
        const ParsedConfig parsed = parse_config(text);
        ASSERT_EQ(parsed.diagnostics.size(), 1U) << key;
        EXPECT_NE(parsed.diagnostics[0].message.find("control characters"), std::string::npos);
    }
}

} // namespace
} // namespace amphid
