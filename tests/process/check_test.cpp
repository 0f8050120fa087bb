// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// `amphid check`: what the host lacks, standard input, JSON.

#include "fixture.h"
#include "helper/file.h"

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class CheckTest : public ProcessTest {
protected:
    /// Every sentence about this file, without the places and the lines that are shown.
    std::vector<std::string> sentences(const std::string& toml, const Words& options = {}) {
        configure(toml);
        Words words{"check", config()};
        words.insert(words.end(), options.begin(), options.end());
        const Outcome outcome = amphid(words);
        std::vector<std::string> out;
        bool error = false;
        for (const std::string& line : split_lines(outcome.err)) {
            const auto begin = line.find(": error: ");
            const auto warning = line.find(": warning: ");
            if (line.starts_with(config()) && begin != std::string::npos)
                out.push_back(line.substr(begin + 9));
            else if (line.starts_with(config()) && warning != std::string::npos)
                out.push_back("warning: " + line.substr(warning + 11));
            error = error || begin != std::string::npos;
        }
        EXPECT_EQ(outcome.code, error ? 6 : 0) << outcome.err;
        return out;
    }

    static std::vector<std::string> split_lines(const std::string& text) {
        std::vector<std::string> out;
        std::string line;
        for (const char c : text) {
            if (c == '\n')
                out.push_back(std::exchange(line, {}));
            else
                line += c;
        }
        return out;
    }

    static std::string exec(const std::string& argv) {
        return "[service]\nexec-start = " + argv + "\n";
    }
    std::string script(const std::string& file, const std::string& first_line) const {
        return write(file, first_line + "\necho\n", 0755);
    }

    using Sentences = std::vector<std::string>;
};

TEST_F(CheckTest, ProgramsThatCannotBeExecuted) {
    EXPECT_EQ(sentences(exec("\"/usr/bin/no-such-web\"")),
              Sentences{"cannot execute /usr/bin/no-such-web: No such file or directory"});
    EXPECT_EQ(sentences(exec("\"no-such-web\"")),
              Sentences{"cannot execute no-such-web: No such file or directory"});
    EXPECT_EQ(sentences(exec("\"/usr/bin\"")),
              Sentences{"cannot execute /usr/bin: Is a directory"});
    const std::string plain = write("plain", "x", 0644);
    EXPECT_EQ(sentences(exec(quoted(plain))),
              Sentences{"cannot execute " + plain + ": Permission denied"});
    EXPECT_EQ(sentences(exec("\"/bin/true\"") + "exec-stop = \"-/no/stop\"\n"),
              Sentences{"warning: cannot execute /no/stop: No such file or directory"});
    EXPECT_EQ(sentences(exec("\"/bin/true\"") + "[ready]\ncommand = \"/no/probe\"\n"),
              Sentences{"cannot execute /no/probe: No such file or directory"});
    EXPECT_EQ(sentences(exec("\"/usr/bin/no-such-web\""), {"--offline"}), Sentences{});
}

TEST_F(CheckTest, InterpretersOfScripts) {
    const std::string gone = script("gone", "#!/opt/none/python3 -u");
    EXPECT_EQ(
        sentences(exec(quoted(gone))),
        Sentences{"cannot execute " + gone + ": its interpreter /opt/none/python3 does not exist"});
    const std::string env = script("env", "#!/usr/bin/env no-such-python");
    EXPECT_EQ(
        sentences(exec(quoted(env))),
        Sentences{"cannot execute " + env + ": its interpreter no-such-python does not exist"});
    const std::string crlf = script("crlf", "#!/bin/sh\r");
    EXPECT_EQ(sentences(exec(quoted(crlf))),
              Sentences{"cannot execute " + crlf +
                        ": its lines end in CR LF, so its interpreter is not found; convert "
                        "it with `sed -i 's/\\r$//' " +
                        crlf + "`"});
    EXPECT_EQ(sentences(exec(quoted(script("good", "#!/bin/sh")))), Sentences{});
    EXPECT_EQ(sentences(exec(quoted(script("envgood", "#! /usr/bin/env -S sh -e")))), Sentences{});
}

TEST_F(CheckTest, AWholeCommandLineInOneElement) {
    EXPECT_EQ(sentences(exec("[\"/bin/sleep 30 --foo\"]")),
              Sentences{"cannot execute /bin/sleep 30 --foo: No such file or directory; the whole "
                        "command line is one element of the array; write [\"/bin/sleep\", \"30\", "
                        "\"--foo\"]"});
}

TEST_F(CheckTest, WhatAShellWouldDo) {
    const std::string shell = "' is an ordinary argument, since no shell runs the command; if you "
                              "need one: [\"/bin/sh\", \"-c\", \"…\"]";
    EXPECT_EQ(sentences(exec("\"/bin/cat /etc/passwd | wc\""), {"--offline"}),
              Sentences{"warning: '|" + shell});
    EXPECT_EQ(sentences(exec("\"/bin/cat /etc/passwd >/tmp/x\"")),
              Sentences{"warning: '>/tmp/x" + shell});
    EXPECT_EQ(sentences(exec("[\"/bin/echo\", \"$(hostname)\"]")),
              Sentences{"warning: '$(hostname)" + shell});
    EXPECT_EQ(sentences(exec("[\"/bin/cat\", \"~/file\"]")),
              Sentences{"warning: '~/file' is not expanded, since no shell runs the command; write "
                        "the whole path"});
    EXPECT_EQ(
        sentences(exec("[\"/bin/cat\", \"/srv/%i.conf\"]")),
        Sentences{
            "warning: '%i' in '/srv/%i.conf' is passed on literally: only %i and %I are expanded, "
            "in the file of a template (NAME@.toml)"});
    EXPECT_EQ(sentences(exec("[\"/bin/sh\", \"-c\", \"cat x | wc >/dev/null\"]")), Sentences{});
    EXPECT_EQ(sentences(exec("[\"/bin/date\", \"+%%n %Y\"]")), Sentences{});
}

TEST_F(CheckTest, UsersGroupsDirectories) {
    EXPECT_EQ(sentences(exec("\"/bin/true\"") + "user = \"deamon\"\ngroup = \"wheeel-x\"\n"
                                                "supplementary-groups = [\"daemon\", \"auido\"]\n"),
              (Sentences{"there is no user 'deamon' on this host; did you mean 'daemon'?",
                         "there is no group 'wheeel-x' on this host",
                         "there is no group 'auido' on this host; did you mean 'audio'?"}));
    const std::string nowhere = path("nowhere");
    EXPECT_EQ(sentences(exec("\"/bin/true\"") + "working-directory = " + quoted(nowhere) +
                        "\nstandard-output = " + quoted("append:" + nowhere + "/log") +
                        "\nenvironment-file = " + quoted(nowhere + "/env") + "\n"),
              (Sentences{"the directory " + nowhere + " does not exist",
                         "the directory " + nowhere + " does not exist",
                         "cannot read " + nowhere + "/env: No such file or directory; write \"-" +
                             nowhere + "/env\" if it may be missing"}));
    EXPECT_EQ(sentences(exec("\"/bin/true\"") +
                        "environment-file = " + quoted("-" + nowhere + "/env") + "\n"),
              Sentences{});
}

// Nobody has to mend one mistake to hear of the next.
TEST_F(CheckTest, TheHostToo) {
    EXPECT_EQ(
        sentences("[service]\nexec-start = \"/usr/bin/no-such-web\"\nrestrat = \"no\"\n"
                  "user = \"deamon\"\nnice = 100\n"
                  "[ready]\ncommand = \"/no/probe | wc\"\n"),
        (Sentences{"cannot execute /usr/bin/no-such-web: No such file or directory",
                   "unknown key 'restrat'; did you mean 'restart'?",
                   "there is no user 'deamon' on this host; did you mean 'daemon'?",
                   "nice: expected a number from -20 to 19, got 100",
                   "warning: '|' is an ordinary argument, since no shell runs the command; if "
                   "you need one: [\"/bin/sh\", \"-c\", \"…\"]",
                   "cannot execute /no/probe: No such file or directory"}));
}

TEST_F(CheckTest, FilesThatTheKernelCannotExecute) {
    const std::string plain = script("plain", "echo");
    EXPECT_EQ(sentences(exec(quoted(plain))),
              Sentences{"cannot execute " + plain + ": it has no #! line"});
    const std::string empty = write("empty", "", 0755);
    EXPECT_EQ(sentences(exec(quoted(empty))),
              Sentences{"cannot execute " + empty + ": it is empty"});
    const Outcome outcome = amphid({"start", config()});
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, empty + " (it is empty): Exec format error");
}

TEST_F(CheckTest, LogsAndPidFiles) {
    const std::string nowhere = path("nowhere");
    const std::string true_ = exec("\"/bin/true\"");
    EXPECT_EQ(sentences(true_ + "[log]\nfile = " + quoted(nowhere + "/log") + "\n"),
              Sentences{"the directory " + nowhere + " does not exist"});
    std::filesystem::create_directory(path("there"));
    EXPECT_EQ(sentences(true_ + "[log]\nfile = " + quoted(path("there")) + "\n"),
              Sentences{path("there") + " is a directory"});
    const std::string text = write("text", "something\n");
    EXPECT_EQ(
        sentences(true_ + "[launcher]\npid-file = " + quoted(nowhere + "/pid") +
                  "\nservice-pid-file = " + quoted(text) + "\n"),
        (Sentences{"the directory " + nowhere + " does not exist",
                   "refusing to replace " + text + ": it contains something other than a PID"}));
    EXPECT_EQ(sentences(true_ + "[launcher]\npid-file = " + quoted(path("there")) + "\n"),
              Sentences{"refusing to replace " + path("there") + ": it is a directory"});
    const std::string old = write("old", "17\n");
    EXPECT_EQ(sentences(true_ + "[launcher]\npid-file = " + quoted(old) + "\n"), Sentences{});
}

TEST_F(CheckTest, EnvironmentFiles) {
    const std::string file = write("env", "export A=b\nB=c\n");
    EXPECT_EQ(sentences(exec("\"/bin/true\"") + "environment-file = " + quoted(file) + "\n").size(),
              1U);
    write("env", std::string("A=\0b\n", 5));
    const Sentences found =
        sentences(exec("\"/bin/true\"") + "environment-file = " + quoted(file) + "\n");
    ASSERT_EQ(found.size(), 1U);
    expect_words(found.front(), file + ":1: ");
    EXPECT_EQ(start().code, 1) << "a start refuses it, too";
    const std::string some = quoted(path("*.env"));
    write("a.env", "A=b\n");
    EXPECT_EQ(sentences(exec("\"/bin/true\"") + "environment-file = " + some + "\n"), Sentences{});
}

TEST_F(CheckTest, ProgramsThatOthersCanReplace) {
    if (::getuid() != 0)
        GTEST_SKIP() << "only root refuses them";
    const std::string program = write("program", "#!/bin/sh\n", 0755);
    ASSERT_EQ(::chmod(program.c_str(), 0777), 0);
    const Sentences found = sentences(exec(quoted(program)));
    ASSERT_EQ(found.size(), 1U);
    expect_words(found.front(), program);
    EXPECT_EQ(start().code, 6);
}

TEST_F(CheckTest, LowPorts) {
    const std::string of_nobody = exec("\"/bin/true\"") + "user = \"nobody\"\n";
    const std::string listen = "[ready]\nlisten = \"tcp:80\"\n";
    const std::string low = "ambient-capabilities = \"CAP_NET_BIND_SERVICE\"\n";
    int first = 1024;
    std::sscanf(read_file("/proc/sys/net/ipv4/ip_unprivileged_port_start").value_or("").c_str(),
                "%d", &first);
    if (first <= 80)
        GTEST_SKIP() << "no port is privileged here";
    EXPECT_EQ(sentences(of_nobody + listen),
              Sentences{"warning: port 80 is below " + std::to_string(first) +
                        ": the service needs ambient-capabilities = \"CAP_NET_BIND_SERVICE\" to "
                        "listen there"});
    EXPECT_EQ(sentences(of_nobody + low + listen), Sentences{});
    EXPECT_EQ(sentences(of_nobody + "[ready]\nlisten = \"tcp:8080\"\n"), Sentences{});
    EXPECT_EQ(sentences(of_nobody + listen + "[[socket]]\nlisten-stream = 80\n"), Sentences{});
}

TEST_F(CheckTest, JsonForEditors) {
    const std::string file = write("bad.toml", "[service]\n"
                                               "exec-start = \"/bin/true\"\n"
                                               "restrat = \"no\"\n");
    const Outcome outcome = amphid({"check", "--json", file, path("none.toml")});
    EXPECT_EQ(outcome.code, 6);
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(outcome.out, "{\"file\":" + quoted(file) +
                               ",\"line\":3,\"column\":1,\"severity\":\"error\",\"message\":"
                               "\"unknown key 'restrat'; did you mean 'restart'?\"}\n"
                               "{\"file\":" +
                               quoted(path("none.toml")) +
                               ",\"severity\":\"error\",\"message\":\"cannot read " +
                               path("none.toml") + ": No such file or directory\"}\n");
    configure(exec("\"/bin/true\""));
    const Outcome good = amphid({"check", "--json", config()});
    EXPECT_EQ(good.code, 0);
    EXPECT_EQ(good.out, "");
}

TEST_F(CheckTest, StandardInput) {
    write("in", exec("/bin/true"));
    const auto check = [&](const std::string& options) {
        return run({.command = {"bash", "-c", "exec \"$0\" check " + options + " - <" + path("in"),
                                amphid_binary()}});
    };
    const Outcome wrong = check("");
    EXPECT_EQ(wrong.code, 6);
    EXPECT_EQ(wrong.err, "<stdin>:2:14: error: put the value in quotes: exec-start = "
                         "\"/bin/true\"\n"
                         "    exec-start = /bin/true\n"
                         "                 ^\n");
    write("in", exec("\"/bin/true\""));
    const Outcome good = check("");
    EXPECT_EQ(good.code, 0) << good.err;
    EXPECT_EQ(good.out, "<stdin>: correct\n");
}

} // namespace amphid::test
