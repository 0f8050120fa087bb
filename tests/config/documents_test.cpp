// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "config/config.h"

#include "../house/golden.h"

#include <filesystem>

// The documents: what they say about keys is true.

namespace amphid {
namespace {

/// What the last cell of a line of a table has between backquotes; empty for other lines.
std::string_view code_in_last_cell(std::string_view line) {
    if (!line.starts_with("| ") || !line.ends_with("` |")) {
        return {};
    }
    line.remove_suffix(3);
    const auto begin = line.rfind("| `");
    return begin == std::string_view::npos ? std::string_view() : line.substr(begin + 3);
}

/// Rows are single keys: what they need besides is added.
std::string whole_file(std::string_view row) {
    std::string out(row);
    const auto needs = [&](std::string_view key, std::string_view other) {
        if (row.starts_with(key)) {
            out += concat('\n', other);
        }
    };
    out += row.starts_with("service.exec-start =") ? "" : "\nservice.exec-start = \"/usr/bin/web\"";
    needs("service.restart-steps", "service.restart-max-delay-sec = \"1min\"");
    needs("log.", row.starts_with("log.file") ? "" : "log.file = \"/var/log/web.log\"");
    needs("health.interval-sec", "health.command = \"/usr/bin/web\"");
    needs("health.failures", "health.command = \"/usr/bin/web\"");
    return out + '\n';
}

TEST(Documents, EachRowOfTheMigrationTablesIsAccepted) {
    const std::string text = read_text_file(source_path("docs/migration.md")).value_or("");
    int rows = 0;
    for (const std::string_view line : split(text, '\n')) {
        const std::string_view row = code_in_last_cell(line);
        if (row.empty()) {
            continue;
        }
        ++rows;
        const std::string file = whole_file(row);
        EXPECT_EQ(render(parse_config(file).diagnostics, "row", file), "");
    }
    EXPECT_GT(rows, 80);
}

/// The blocks of TOML in a document.
std::vector<std::string> toml_blocks(const std::string& text) {
    std::vector<std::string> out;
    bool inside = false;
    for (const std::string_view line : split(text, '\n')) {
        if (inside && line.starts_with("```")) {
            inside = false;
        } else if (inside) {
            out.back() += concat(line, '\n');
        } else if (line == "```toml") {
            inside = true;
            out.emplace_back();
        }
    }
    return out;
}

/// Pieces of files: the command to run is added where a block leaves it out.
std::string with_command(const std::string& block) {
    if (block.find("exec-start =") != std::string::npos) {
        return block;
    }
    const std::string_view header = "[service]\n";
    const std::size_t at = block.find(header);
    const std::string_view command = "exec-start = \"/usr/bin/web\"\n";
    return at == std::string::npos ? concat(block, header, command)
                                   : concat(block.substr(0, at + header.size()), command,
                                            block.substr(at + header.size()));
}

TEST(Documents, EachConfigurationInThemIsAccepted) {
    int blocks = 0;
    for (const char* document :
         {"README.md", "docs/tutorial.md", "docs/howto.md", "docs/recipes.md",
          "docs/explanation.md", "docs/logs.md", "docs/sockets.md"}) {
        const std::string text = read_text_file(source_path(document)).value_or("");
        EXPECT_NE(text, "") << document;
        for (const std::string& block : toml_blocks(text)) {
            if (block.find("tpye") != std::string::npos) {
                continue; // the mistake that README shows
            }
            ++blocks;
            const std::string file = with_command(block);
            EXPECT_EQ(render(parse_config(file).diagnostics, document, file), "");
        }
    }
    EXPECT_GT(blocks, 15);
}

TEST(Documents, ReadmeIsShort) {
    const std::string text = read_text_file(source_path("README.md")).value_or("");
    EXPECT_LE(split(text, '\n').size(), 251U); // the last one is empty
}

// What the documents link to is there.
TEST(Documents, NoLinkIsDead) {
    for (const std::string folder : {"", "docs/"}) {
        for (const char* document :
             {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "tutorial.md",
              "howto.md", "recipes.md", "explanation.md", "migration.md", "troubleshooting.md"}) {
            const auto text = read_text_file(source_path(folder + document));
            const std::string_view all = text ? std::string_view(*text) : std::string_view();
            for (std::size_t at = 0; (at = all.find("](", at)) != std::string_view::npos;) {
                at += 2;
                const std::string target(all.substr(at, all.find(')', at) - at));
                if (!target.empty() && target.find(':') == std::string::npos) {
                    EXPECT_TRUE(std::filesystem::exists(source_path(folder + target)))
                        << folder << document << ": " << target;
                }
            }
        }
    }
}

} // namespace
} // namespace amphid
