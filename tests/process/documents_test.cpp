// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The tutorial, done as it says: files are written, commands are run, all of them must succeed.

#include "fixture.h"
#include "helper/file.h"

#include <filesystem>
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

} // namespace amphid::test
