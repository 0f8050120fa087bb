// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "golden.h"

#include <map>
#include <regex>

// docs/architecture.md walks through the code: what it names is there.

namespace amphid {
namespace {

namespace fs = std::filesystem;

/// Every file below src and tests, by its path below them and by its bare name.
std::map<std::string, std::string> files_by_name() {
    std::map<std::string, std::string> out;
    for (const char* top : {"src", "tests"}) {
        for (const auto& entry : fs::recursive_directory_iterator(source_path(top))) {
            if (entry.is_regular_file()) {
                const std::string text = read_text_file(entry.path()).value_or("");
                const std::string below = fs::relative(entry.path(), source_path(top));
                for (const std::string& name :
                     {below, std::string(top) + "/" + below, entry.path().filename().string()}) {
                    out[name] += text;
                }
            }
        }
    }
    return out;
}

bool has_word(const std::string& text, const std::string& word) {
    return std::regex_search(text, std::regex("\\b" + word + "\\b"));
}

/// "`room/file.cpp` (`function`, …)", "`file.cpp`, `function`"; a bare file name has any room.
const std::regex file_with_functions(
    R"(`((?:[a-z_]+/)*[a-z_]+\.(?:cpp|h|txt))`(?:\s+\(([^()]*(?:\([A-Za-z]*\)[^()]*)*)\)|,\s+(`[a-z_]+`)|))");

TEST(Architecture, NamesFilesAndFunctionsThatExist) {
    const std::string page = read_text_file(source_path("docs/architecture.md")).value_or("");
    const auto files = files_by_name();
    std::size_t functions = 0;
    for (std::sregex_iterator at(page.begin(), page.end(), file_with_functions), end; at != end;
         ++at) {
        const std::string name = (*at)[1];
        const auto file = files.find(name);
        if (file == files.end()) {
            ADD_FAILURE() << "there is no " << name;
            continue;
        }
        const std::string words = (*at)[2].str() + (*at)[3].str();
        const std::regex quoted("`([A-Za-z_]+)(?:\\(([A-Za-z]+)\\))?`");
        for (std::sregex_iterator word(words.begin(), words.end(), quoted); word != end; ++word) {
            for (const std::string& part : {(*word)[1].str(), (*word)[2].str()}) {
                EXPECT_TRUE(part.empty() || has_word(file->second, part)) << part << " in " << name;
                functions += part.empty() ? 0 : 1;
            }
        }
    }
    EXPECT_GT(functions, 8U) << "this test reads the page no more";
}

TEST(Architecture, NamesTypesThatExist) {
    const std::string page = read_text_file(source_path("docs/architecture.md")).value_or("");
    std::string all;
    for (const auto& [name, text] : files_by_name()) {
        all += name.starts_with("src/") ? text : "";
    }
    const std::regex type("`([A-Z][a-z]+[A-Za-z]*)`");
    std::size_t types = 0;
    for (std::sregex_iterator at(page.begin(), page.end(), type), end; at != end; ++at) {
        EXPECT_TRUE(has_word(all, (*at)[1])) << (*at)[1];
        ++types;
    }
    EXPECT_GT(types, 20U) << "this test reads the page no more";
}

} // namespace
} // namespace amphid
