// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Completions as somebody at a terminal meets them: bash and zsh, driven by their own keys, and
// fish by its own `complete --do-complete`.

#include "fixture.h"

#include <filesystem>
#include <unistd.h>

namespace amphid::test {

class CompletionTest : public ProcessTest {
protected:
    Fields surroundings() const {
        return {{"TERM", "dumb"},
                {"HOME", path("home")},
                {"XDG_CONFIG_HOME", path("config")},
                {"XDG_RUNTIME_DIR", path("xdg")},
                {"PATH", path("bin") + ":/usr/bin:/bin"}};
    }

    /// What a shell shows up to `end` when these keys are typed. `setup` prints `prompt`.
    std::string shown(const Words& command, const std::string& setup, const std::string& prompt,
                      const std::string& keys, const std::string& end) {
        Program& shell =
            spawn({.command = command, .environment = surroundings(), .on_terminal = true});
        type(shell, setup + '\n');
        EXPECT_TRUE(await("the prompt", [&] { return saw(shell, prompt); })) << shell.text;
        const std::size_t begin = shell.text.size();
        type(shell, keys);
        EXPECT_TRUE(await("the completion", [&] {
            return shell.text.find(end, begin) != std::string::npos;
        })) << shell.text;
        std::string out = shell.text.substr(begin);
        std::erase(out, '\a'); // where nothing is offered
        type(shell, "\025exit\n");
        finish(shell);
        return out;
    }

    /// What is shown after TAB; a second one lists all where there are several. The end of what
    /// readline prints is the echo of a character behind it.
    std::string complete(const std::string& line, const std::string& tabs = "\t") {
        return shown({"bash", "--norc", "--noprofile", "-i"},
                     "bind 'set enable-bracketed-paste off'; source " + path("completion") +
                         "; cd; PS1='now'; PS1+='> '",
                     "now> ", line + tabs + "~", "~");
    }

    /// zsh's line after TAB between "<" and ">", below what it lists where there are several.
    std::string complete_in_zsh(const std::string& line) {
        return shown({"zsh", "-f", "-i"},
                     "fpath=('" + path("functions") +
                         "' $fpath); autoload -Uz compinit; compinit -D -u; show() { print -r -- "
                         "\"<$BUFFER>\" }; zle -N show; bindkey '^Xb' show; print 'no''w'",
                     "now\r\n", line + "\t\030b", ">\r\n");
    }

    /// What fish offers for this line, one a line, each with a tab and its description.
    std::string offered_by_fish(const std::string& line) {
        const Outcome outcome = run(
            {.command = {"fish", "--no-config", "-c",
                         "source '" + path("completion.fish") + "'; complete -C '" + line + "'"},
             .environment = surroundings()});
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        return '\n' + outcome.out;
    }

    bool has(const std::string& program) const {
        return ::access(("/usr/bin/" + program).c_str(), X_OK) == 0;
    }

    /// A service that is configured, and one that has been started.
    void make_services() {
        write("config/amphid/web-configured.toml", "");
        std::filesystem::create_directories(path("xdg/amphid/web-started"));
        write("xdg/amphid/web-started/state", "version=1\nstate=running\nresult=success\n");
        std::filesystem::create_directories(path("xdg/amphid/web-stopped"));
        write("xdg/amphid/web-stopped/state", "version=1\nstate=dead\nresult=success\n");
        write("config/amphid/t:colon.toml", "");
        write("config/amphid/template@.toml", "");
    }

    void SetUp() override {
        ProcessTest::SetUp();
        std::filesystem::create_directories(path("bin"));
        std::filesystem::create_directories(path("home"));
        std::filesystem::create_directories(path("config/amphid"));
        std::filesystem::create_symlink(amphid_binary(), path("bin/amphid"));
        std::filesystem::create_directories(path("functions"));
        write("completion", amphid({"reference", "--format=completion-bash"}).out);
        write("functions/_amphid", amphid({"reference", "--format=completion-zsh"}).out);
        write("completion.fish", amphid({"reference", "--format=completion-fish"}).out);
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
    EXPECT_TRUE(contains(complete("amphid expl"), "amphid explain ~"));
    EXPECT_TRUE(contains(complete("amphid help reloa"), "amphid help reload ~"));
    EXPECT_TRUE(contains(complete("amphid check --u"), "amphid check --unit=~"))
        << "neither a blank nor a backslash";
    EXPECT_TRUE(contains(complete("amphid status --js"), "amphid status --json ~"));
    EXPECT_TRUE(contains(complete("amphid unit --format=op"), "amphid unit --format=openrc ~"));
    const std::string formats = complete("amphid unit --format=", "\t\t");
    for (const char* format : {"systemd", "openrc", "sysv"})
        EXPECT_TRUE(contains(formats, format)) << formats;
    write("some-file.toml", "");
    write("some-file.txt", "");
    EXPECT_TRUE(contains(complete("amphid check " + path("some-f")), "some-file.toml ~"));
    EXPECT_TRUE(contains(complete("amphid check --unit=" + path("some-file.to")), ".toml ~"));
    EXPECT_TRUE(contains(complete("amphid check --unit " + path("some-file.to")), ".toml ~"));
    EXPECT_TRUE(contains(complete("amphid start " + path("some-f")), "some-file.toml ~"));
}

// An option's value is what follows it, with "=" or a blank, long or short.
TEST_F(CompletionTest, BashKnowsTheValuesOfOptions) {
    EXPECT_TRUE(contains(complete("amphid status --wait=re"), "--wait=ready ~"));
    EXPECT_TRUE(contains(complete("amphid status --wait re"), "--wait ready ~"));
    EXPECT_TRUE(contains(complete("amphid unit --format op"), "--format openrc ~"));
    EXPECT_TRUE(contains(complete("amphid logs -o js"), "-o json ~"));
    write("home/only-file", "");
    for (const char* line : {"amphid status --timeout ", "amphid logs -n ", "amphid reference ",
                             "amphid run x -- ", "amphid help start ", "amphid stop "})
        EXPECT_TRUE(contains(complete(line), line + std::string("~")))
            << "offers nothing: neither files nor values";
    EXPECT_TRUE(contains(complete("amphid import -o on"), "-o only-file ~"));
}

// Configured ones where something is to be started, started ones where something is to be stopped.
TEST_F(CompletionTest, BashKnowsServicesByTheirState) {
    if (::getuid() == 0)
        GTEST_SKIP() << "root's places are the system's";
    make_services();
    EXPECT_TRUE(contains(complete("amphid stop web"), "amphid stop web-started ~"));
    const std::string all = complete("amphid status web-", "\t\t");
    EXPECT_TRUE(contains(all, "web-configured") && contains(all, "web-started")) << all;
    EXPECT_TRUE(contains(complete("amphid stop web-started web"), "web-started web~"));
    EXPECT_TRUE(contains(complete("amphid explain web-started web"), "web-started web~"));
    EXPECT_TRUE(contains(complete("amphid start t:"), "amphid start t:colon ~"));
    EXPECT_TRUE(contains(complete("amphid start --no-retry templ"), "template@~"))
        << "an instance follows";
}

TEST_F(CompletionTest, RunningServicesAreWhereTheVariableSays) {
    std::filesystem::create_directories(path("volume/web-there"));
    write("volume/web-there/state", "version=1\nstate=running\nresult=success\n");
    Fields environment = surroundings();
    environment["AMPHID_RUNTIME_DIRECTORY"] = path("volume");
    const Outcome names =
        run({.command = {"bash", "-c", "source " + path("completion") + "; _amphid_names started"},
             .environment = environment});
    EXPECT_EQ(names.out, "web-there\n") << names.err;
}

TEST_F(CompletionTest, Zsh) {
    if (!has("zsh"))
        GTEST_SKIP() << "this machine has no zsh";
    write("some-file.toml", "");
    for (const auto& [line, whole] : std::vector<std::pair<std::string, std::string>>{
             {"expl", "explain "},
             {"help reloa", "help reload "},
             {"check --u", "check --unit="},
             {"status --js", "status --json "},
             {"unit --format=op", "unit --format=openrc "},
             {"check " + path("some-f"), "check " + path("some-file.toml ")},
             {"check --unit=" + path("some-f"), "check --unit=" + path("some-file.toml ")},
             {"check --unit " + path("some-f"), "check --unit " + path("some-file.toml ")},
             {"status --wait re", "status --wait ready "},
             {"logs -o js", "logs -o json "},
             {"logs -n ", "logs -n "},
             {"help start ", "help start "},
             {"reference ", "reference "},
         })
        expect_words(complete_in_zsh("amphid " + line), "<amphid " + whole + ">");
    const std::string formats = complete_in_zsh("amphid unit --format=");
    for (const char* format : {"systemd", "openrc", "sysv"})
        expect_words(formats, format);
    if (::getuid() == 0)
        return; // root's places are the system's
    make_services();
    expect_words(complete_in_zsh("amphid stop web"), "<amphid stop web-started >");
    const std::string all = complete_in_zsh("amphid status web-");
    expect_words(all, "web-configured");
    expect_words(all, "web-started");
}

TEST_F(CompletionTest, Fish) {
    if (!has("fish"))
        GTEST_SKIP() << "this machine has no fish";
    write("some-file.toml", "");
    for (const auto& [line, offer] : std::vector<std::pair<std::string, std::string>>{
             {"expl", "explain\t"},
             {"hel", "help\t"},
             {"help reloa", "reload\n"},
             {"check --u", "--unit\t"},
             {"status --js", "--json\t"},
             {"unit --format=op", "--format=openrc\t"},
             {"check " + path("some-f"), path("some-file.toml\n")},
             {"check --unit=" + path("some-f"), "--unit=" + path("some-file.toml\n")},
             {"check --unit " + path("some-f"), path("some-file.toml\n")},
             {"status --wait re", "ready\t"},
             {"logs -o js", "json\t"},
         })
        expect_words(offered_by_fish("amphid " + line), '\n' + offer);
    const std::string formats = offered_by_fish("amphid unit --format=");
    for (const char* format : {"systemd", "openrc", "sysv"})
        expect_words(formats, "\n--format=" + std::string(format) + '\t');
    if (::getuid() == 0)
        return; // root's places are the system's
    make_services();
    EXPECT_EQ(offered_by_fish("amphid logs -n some"), "\n");
    EXPECT_EQ(offered_by_fish("amphid stop web"), "\nweb-started\n");
    EXPECT_EQ(offered_by_fish("amphid status web-"),
              "\nweb-configured\nweb-started\nweb-stopped\n");
}

} // namespace amphid::test
