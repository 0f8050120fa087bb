// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The tutorial, done as it says: files are written, commands are run, all of them must succeed. The
// commands in the other documents are run, too, and the pictures are what a terminal shows today.

#include "fixture.h"
#include "helper/file.h"

#include <filesystem>
#include <map>
#include <regex>
#include <sstream>
#include <unistd.h>

namespace amphid::test {

class DocumentsTest : public ProcessTest {
protected:
    struct Block {
        std::string language;
        std::string text;
    };

    static std::vector<Block> blocks_of(const std::string& document) {
        std::vector<Block> out;
        std::istringstream in(document);
        bool inside = false;
        for (std::string line; std::getline(in, line);) {
            if (line.starts_with("```")) {
                inside = !inside;
                if (inside)
                    out.push_back({line.substr(3), {}});
            } else if (inside) {
                out.back().text += line + "\n";
            }
        }
        return out;
    }

    static std::filesystem::path source() { return AMPHID_SOURCE_DIR; }

    static std::vector<std::filesystem::path> documents() {
        std::vector<std::filesystem::path> out{source() / "README.md", source() / "SECURITY.md"};
        for (const auto& entry : std::filesystem::directory_iterator(source() / "docs"))
            if (entry.path().extension() == ".md")
                out.push_back(entry.path());
        return out;
    }

    /// Every command in the documents that a plain user can run, and where it stands. What a line
    /// of a console needs root for is in `of_root`.
    static std::map<std::string, std::string> commands(std::vector<std::string>& of_root) {
        std::map<std::string, std::string> out;
        const std::regex root("# (.*/etc/.*|systemctl .*|rc-.*)");
        for (const auto& document : documents()) {
            const std::string name = document.filename();
            const std::string text = read_file(document).value_or("");
            const std::regex quoted("`(amphid [^`\n]+)`");
            for (std::sregex_iterator i(text.begin(), text.end(), quoted), end; i != end; ++i)
                out.emplace((*i)[1], name);
            for (const Block& block : blocks_of(text)) {
                std::istringstream lines(block.text);
                for (std::string line; std::getline(lines, line);) {
                    const bool elsewhere = name == "README.md" || name == "tutorial.md" ||
                                           line.starts_with("journalctl ");
                    if (block.language == "sh" && !elsewhere) // readme.sh, Tutorial, journal.sh
                        out.emplace(line, name);
                    else if (block.language == "console" && std::regex_match(line, root))
                        of_root.push_back(line.substr(2));
                    else if (block.language == "console" && line.find_first_of("#$") == 0)
                        out.emplace(line.substr(2), name);
                }
            }
        }
        return out;
    }

    /// The services of the documents, for a plain user, and the files that commands name.
    void make_services() {
        std::filesystem::create_directories(path("config/amphid"));
        std::filesystem::create_directory(path("home"));
        std::filesystem::create_directory(path("bin"));
        std::filesystem::create_symlink(amphid_binary(), path("bin/amphid"));
        for (const std::string name : {"web", "worker", "web@"}) {
            const std::string file = name == "web@" ? "web-%i" : name;
            write("config/amphid/" + name + ".toml",
                  "[service]\nexec-start = " + shell("while echo an error; do sleep 0.01; done") +
                      "\n[[socket]]\nlisten-stream = " + quoted(path(file + ".sock")) +
                      "\n[log]\ntimestamps = \"rfc3339\"\nfile = " + quoted(path(file + ".log")) +
                      "\n");
        }
        std::filesystem::create_directory(path("src"));
        write(".env", "COLOUR=blue\n");
        write("web.toml", "[service]\nexec-start = \"/bin/true\"\n");
        write("web.service", "[Service]\nExecStart=/bin/true\n");
        write("editor", "#!/bin/sh\nprintf '[service]\\nnice = 5\\n' >\"$1\"\n", 0755);
    }

    /// The command as somebody would type it, with an end to what would go on.
    static std::string typed(std::string command) {
        for (const auto& [place, word] : std::vector<std::pair<std::string, std::string>>{
                 {"COMMAND", "start"}, {"SERVICE", "web"}, {"FILE", "unit.service"}})
            if (const auto at = command.find(place); at != std::string::npos)
                command.replace(at, place.size(), word);
        const std::regex of_no_service(
            "amphid (start|stop|run|check|explain|logs|unit)( --[a-z]+(=[a-z]+)?)*");
        if (std::regex_match(command, of_no_service))
            command += " web";
        if (command == "amphid import")
            command += " web.service";
        if (command.starts_with("amphid run"))
            return command + " 3>ready & amphid status --wait=ready --timeout=20s web; "
                             "amphid stop web; kill $! 2>&1 || :; wait"; // --watch goes on
        if (command.find(" -f ") != std::string::npos)
            return command.substr(0, command.find('#')) + "| head -n 12";
        return command;
    }
};

TEST_F(DocumentsTest, EveryCommandIsRun) {
    std::vector<std::string> of_root;
    const auto all = commands(of_root);
    EXPECT_GT(all.size(), 20U);
    std::string cases;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(source() / "tests/system"))
        if (entry.path().extension() == ".sh")
            cases += read_file(entry.path()).value_or("");
    for (const std::string& command : of_root)
        EXPECT_NE(cases.find(command), std::string::npos) << "no system test runs: " << command;
    if (::getuid() == 0)
        GTEST_SKIP() << "root's places are the system's";
    make_services();
    const Fields environment{{"PATH", path("bin") + ":/usr/bin:/bin"},
                             {"HOME", path("home")},
                             {"XDG_CONFIG_HOME", path("config")},
                             {"XDG_RUNTIME_DIR", path("xdg")},
                             {"EDITOR", path("editor")}};
    const auto bash = [&](const std::string& script) {
        return run({.command = {"bash", "-e", "-c", script}, .environment = environment});
    };
    ASSERT_EQ(bash("amphid unit web >unit.service; amphid start worker").code, 0);
    for (const auto& [command, document] : all) {
        const bool starts = command.find("start") != std::string::npos ||
                            command.find(" run ") != std::string::npos;
        const std::string ground =
            starts ? "" : "amphid start web; until test -s web.log; do :; done\n";
        const Outcome outcome = bash(ground + typed(command) + "\namphid stop web 2>&1");
        EXPECT_EQ(outcome.code, 0) << document << ": " << command << '\n'
                                   << outcome.out << outcome.err;
    }
    EXPECT_EQ(bash("amphid stop web web@8080 worker").code, 0);
}

TEST_F(DocumentsTest, Tutorial) {
    if (::access("/usr/bin/python3", X_OK) < 0)
        GTEST_SKIP() << "the example is a program of Python";
    const std::string document =
        read_file(std::string(AMPHID_SOURCE_DIR) + "/docs/tutorial.md").value_or("");
    std::filesystem::create_directory(path("bin"));
    std::filesystem::create_symlink(amphid_binary(), path("bin/amphid"));
    int commands = 0;
    for (const Block& block : blocks_of(document)) {
        if (block.language == "toml" && block.text.starts_with("# "))
            write(block.text.substr(2, block.text.find('\n') - 2), block.text);
        if (block.language != "sh")
            continue;
        ++commands;
        write("script", block.text);
        const Outcome outcome = run({.command = {"bash", "-e", path("script")},
                                     .environment = {{"PATH", path("bin") + ":/usr/bin:/bin"}}});
        EXPECT_EQ(outcome.code, 0) << block.text << outcome.out << outcome.err;
    }
    EXPECT_GE(commands, 4);
}

// `amphid COMMAND --option` in a document is a command of today, with an option of today.
TEST_F(DocumentsTest, CommandsAndOptionsExist) {
    std::map<std::string, std::string> help;
    const std::regex call("amphid ([a-z]+)((?: [A-Za-z0-9_@./=*%<>-]+)*)");
    int calls = 0;
    const auto check = [&](const std::string& document, const std::string& text) {
        for (std::sregex_iterator i(text.begin(), text.end(), call), end; i != end; ++i) {
            const std::string command = (*i)[1];
            if (!help.contains(command)) {
                const Outcome outcome = amphid({command, "--help"});
                help[command] = outcome.out;
                EXPECT_EQ(outcome.code, 0) << document << ": " << (*i)[0];
            }
            ++calls;
            const std::string words = (*i)[2];
            const std::regex option("--[a-z-]+");
            for (std::sregex_iterator j(words.begin(), words.end(), option); j != end; ++j)
                EXPECT_NE(help[command].find((*j)[0]), std::string::npos)
                    << document << ": " << (*i)[0];
        }
    };
    ASSERT_GT(documents().size(), 8U);
    for (const auto& document : documents()) {
        const std::string text = read_file(document).value_or("");
        for (const Block& block : blocks_of(text))
            if (block.language != "text")
                check(document, block.text);
        const std::regex quoted("`(amphid [^`\n]+)`");
        for (std::sregex_iterator i(text.begin(), text.end(), quoted), end; i != end; ++i)
            check(document, (*i)[1]);
    }
    EXPECT_GT(calls, 60);
}

// What a reader of manual pages looks for is in each of them.
TEST_F(DocumentsTest, ManualPagesHaveTheUsualSections) {
    std::map<std::string, std::string> pages;
    for (const std::string format : {"man", "command-man", "status-man"})
        pages[format] = amphid({"reference", "--format=" + format}).out;
    pages["amphid-generator.8"] =
        read_file(std::string(AMPHID_SOURCE_DIR) + "/docs/amphid-generator.8").value_or("");
    for (const auto& [name, text] : pages) {
        std::size_t at = 0;
        for (const char* section :
             {"NAME", "SYNOPSIS", "EXAMPLES", "ENVIRONMENT", "FILES", "EXIT STATUS", "SEE ALSO"}) {
            const auto heading = text.find("\n.SH " + std::string(section) + "\n");
            ASSERT_NE(heading, std::string::npos) << name << " has no " << section;
            at = std::max(at, heading);
        }
        EXPECT_EQ(at, text.rfind("\n.SH ")) << name << " ends with something else than SEE ALSO";
    }
}

// Drawn again from a run of this binary: docs/pictures/draw.py makes them new.
TEST_F(DocumentsTest, PicturesAreUpToDate) {
    if (::access("/usr/bin/python3", X_OK) < 0)
        GTEST_SKIP() << "the script is one of Python";
    const std::string source = AMPHID_SOURCE_DIR;
    std::filesystem::create_directory(path("pictures"));
    const Outcome outcome = run({.command = {"/usr/bin/python3", source + "/docs/pictures/draw.py",
                                             amphid_binary(), path("pictures")},
                                 .environment = {{"PYTHONDONTWRITEBYTECODE", "1"}}});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    for (const std::string name : {"terminal-light.svg", "terminal-dark.svg"}) {
        const auto drawn = read_file(path("pictures/" + name));
        ASSERT_TRUE(drawn && drawn->find("did you mean") != std::string::npos) << name;
        EXPECT_EQ(*drawn, read_file(source + "/docs/pictures/" + name).value_or(""))
            << "run docs/pictures/draw.py";
    }
}

} // namespace amphid::test
