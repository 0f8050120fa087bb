// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/init_script.h"

#include "../house/golden.h"
#include "facts.h"

namespace amphid {
namespace {

constexpr std::string_view file = R"([unit]
description = "Demo: it's $HOME's"
after = ["network-online.target", "postgresql.service", "sockets.target"]
before = ["nginx.service"]
wants = ["network-online.target"]
requires = ["postgresql.service"]
[service]
exec-start = "/usr/bin/web"
)";

TEST(InitScript, OpenRc) {
    EXPECT_TRUE(is_golden("tests/resolve/init_openrc.txt",
                          openrc_script(parse_config(file).config, facts_of_web())));
}

TEST(InitScript, SysV) {
    EXPECT_TRUE(is_golden("tests/resolve/init_sysv.txt",
                          sysv_script(parse_config(file).config, facts_of_web())));
}

TEST(InitScript, AFileAnywhereIsOneWord) {
    UnitFacts facts = facts_of_web();
    facts.file = {"/srv/it's $x/web.toml", "web"};
    const Config config = parse_config("[service]\nexec-start = \"/bin/x\"\n").config;
    const std::string line = "\nservice='/srv/it'\\''s $x/web.toml'\n";
    EXPECT_NE(openrc_script(config, facts).find(line), std::string::npos);
    EXPECT_NE(sysv_script(config, facts).find(line), std::string::npos);
}

} // namespace
} // namespace amphid
