// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Completions as somebody at a terminal meets them: bash, driven by its own keys.

#include "fixture.h"

#include <filesystem>
#include <unistd.h>

namespace amphid::test {

class CompletionTest : public ProcessTest {
protected:
    /// What is shown after TAB; a second one lists all where there are several.
    std::string complete(const std::string& line, const std::string& tabs = "\t") {
        Program& shell = spawn({.command = {"bash", "--norc", "--noprofile", "-i"},
                                .environment = {{"PS1", "ready>"},
                                                {"TERM", "dumb"},
                                                {"HOME", path("home")},
                                                {"XDG_CONFIG_HOME", path("config")},
                                                {"XDG_RUNTIME_DIR", path("xdg")},
                                                {"PATH", path("bin") + ":/usr/bin:/bin"}},
                                .on_terminal = true});
        type(shell, "bind 'set enable-bracketed-paste off'; source " + path("completion") +
                        "; PS1='now'; PS1+='> '\n");
        EXPECT_TRUE(await("the prompt", [&] { return saw(shell, "now> "); })) << shell.text;
        const std::size_t begin = shell.text.size();
        type(shell, line + tabs);
        // The end of what readline prints is the echo of a character behind it.
        type(shell, "@");
        EXPECT_TRUE(await("the completion", [&] {
            return shell.text.find('@', begin) != std::string::npos;
        })) << shell.text;
        const std::string out = shell.text.substr(begin);
        type(shell, "\025exit\n");
        finish(shell);
        return out;
    }

    void SetUp() override {
        ProcessTest::SetUp();
        std::filesystem::create_directories(path("bin"));
        std::filesystem::create_directories(path("home"));
        std::filesystem::create_directories(path("config/amphid"));
        std::filesystem::create_symlink(amphid_binary(), path("bin/amphid"));
        write("completion", amphid({"reference", "--format=completion-bash"}).out);
    }

    static bool saw(const Program& shell, const std::string& text) {
        return shell.text.find(text) != std::string::npos;
    }

    void type(Program& shell, const std::string& keys) {
        EXPECT_EQ(::write(shell.out, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
    }

    static bool contains(const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    }
};

TEST_F(CompletionTest, Bash) {
    EXPECT_TRUE(contains(complete("amphid expl"), "amphid explain @"));
    EXPECT_TRUE(contains(complete("amphid help reloa"), "amphid help reload @"));
    EXPECT_TRUE(contains(complete("amphid check --u"), "amphid check --unit=@"))
        << "neither a blank nor a backslash";
    EXPECT_TRUE(contains(complete("amphid status --js"), "amphid status --json @"));
    EXPECT_TRUE(contains(complete("amphid unit --format=op"), "amphid unit --format=openrc @"));
    const std::string formats = complete("amphid unit --format=", "\t\t");
    for (const char* format : {"systemd", "openrc", "sysv"})
        EXPECT_TRUE(contains(formats, format)) << formats;
    write("some-file.toml", "");
    EXPECT_TRUE(contains(complete("amphid check " + path("some-f")), "some-file.toml @"));
    EXPECT_TRUE(contains(complete("amphid check --unit=" + path("some-f")), "some-file.toml @"));
}

// Configured ones where something is to be started, started ones where something is to be stopped.
TEST_F(CompletionTest, BashKnowsServicesByTheirState) {
    if (::getuid() == 0)
        GTEST_SKIP() << "root's places are the system's";
    write("config/amphid/web-configured.toml", "");
    std::filesystem::create_directories(path("xdg/amphid/web-started"));
    write("xdg/amphid/web-started/state", "");
    EXPECT_TRUE(contains(complete("amphid stop web"), "amphid stop web-started @"));
    const std::string all = complete("amphid status web-", "\t\t");
    EXPECT_TRUE(contains(all, "web-configured") && contains(all, "web-started")) << all;
}

} // namespace amphid::test
