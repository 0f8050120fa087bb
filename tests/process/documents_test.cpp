// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The tutorial, done as it says: files are written, commands are run, all of them must succeed. Of
// the other documents: the commands in them exist, and the pictures are what a terminal shows
// today.

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
};

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
    const std::filesystem::path source = AMPHID_SOURCE_DIR;
    std::vector<std::filesystem::path> documents{source / "README.md", source / "SECURITY.md"};
    for (const auto& entry : std::filesystem::directory_iterator(source / "docs"))
        if (entry.path().extension() == ".md")
            documents.push_back(entry.path());
    ASSERT_GT(documents.size(), 8U);
    for (const auto& document : documents) {
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
