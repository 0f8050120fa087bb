// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "golden.h"

#include <cctype>
#include <regex>

// What people read has no word twice in a row, which whoever wrote it does not see any more.

namespace amphid {
namespace {

namespace fs = std::filesystem;

/// Words of two letters or more that stand twice in a row.
std::vector<std::string> doubled_words(const std::string& text) {
    std::vector<std::string> out;
    std::string last;
    std::string word;
    for (const char c : text + ' ') {
        if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
            word += c;
            continue;
        }
        if (word.size() > 1 && word == last) {
            out.push_back(word);
        }
        last = c == ' ' || c == '\n' ? word : "";
        word.clear();
    }
    return out;
}

/// Those inside of the strings of a source.
std::vector<std::string> doubled_in_strings(const std::string& source) {
    static const std::regex literal(R"re("([^"\\]|\\.)*")re");
    std::vector<std::string> out;
    for (const std::string_view view : split(source, '\n')) {
        const std::string line(view);
        for (std::sregex_iterator i(line.begin(), line.end(), literal), end; i != end; ++i) {
            for (const std::string& word : doubled_words(i->str())) {
                out.push_back(word);
            }
        }
    }
    return out;
}

TEST(Wording, ADoubledWordIsSeen) {
    EXPECT_EQ(doubled_in_strings(R"(say("it restarts it it"); it it("a", "a");)"),
              std::vector<std::string>{"it"});
    EXPECT_EQ(doubled_words("to\nto the"), std::vector<std::string>{"to"});
    EXPECT_TRUE(doubled_words("it, it; A a").empty());
}

TEST(Wording, NoWordStandsTwice) {
    std::size_t files = 0;
    for (const char* folder : {"src", "docs"}) {
        for (const auto& entry : fs::recursive_directory_iterator(source_path(folder))) {
            const auto extension = entry.path().extension();
            const bool is_code = extension == ".cpp" || extension == ".h";
            const bool is_table =
                entry.path().filename() == "call_groups.cpp"; // "futex futex_wait"
            if (is_table || (!is_code && extension != ".md")) {
                continue;
            }
            ++files;
            const std::string text = read_text_file(entry.path()).value_or("");
            for (const std::string& word :
                 is_code ? doubled_in_strings(text) : doubled_words(text)) {
                EXPECT_EQ(word, "bhyve") << entry.path(); // a signature of CPUID
            }
        }
    }
    EXPECT_GT(files, 200U);
}

} // namespace
} // namespace amphid
