// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "golden.h"

#include <map>
#include <regex>
#include <set>

// CONTRIBUTING.md: an error names action, object and reason; a file is named by its whole path.

namespace amphid {
namespace {

namespace fs = std::filesystem;

/// The arguments of a call whose opening parenthesis is at `open`.
std::vector<std::string> arguments_of(const std::string& text, std::size_t open) {
    std::vector<std::string> out{""};
    int depth = 0;
    bool quoted = false;
    for (std::size_t at = open; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"' && text[at - 1] != '\\') {
            quoted = !quoted;
        }
        if (!quoted && (c == '(' || c == '{' || c == '[') && depth++ == 0) {
            continue;
        }
        if (!quoted && (c == ')' || c == '}' || c == ']') && --depth == 0) {
            break;
        }
        if (!quoted && c == ',' && depth == 1) {
            out.emplace_back();
        } else if (quoted || (c != ' ' && c != '\n')) {
            out.back() += c;
        }
    }
    return out;
}

/// Says what is wrong with an error that names this object; empty: nothing.
std::string fault_of(const std::string& object) {
    // Words that are no files.
    static const std::set<std::string> things{R"("pidfds")", R"("systemctl")", R"("signals")"};
    static const std::regex literal(R"re("([^"]*)")re");
    static const std::regex name_of_a_file(
        R"((lock|state|pid|notify|temporary|draft)_name(_?)(\.c_str\(\))?|name_|part|entry)");
    std::smatch match;
    if (object.empty() || object == R"("")") {
        return "names no object";
    }
    if (std::regex_match(object, match, literal)) {
        const std::string word = match[1];
        const bool is_word = word.find(' ') == std::string::npos && word.front() != '/';
        return is_word && things.count(object) == 0 ? "names a file without its path" : "";
    }
    return std::regex_match(object, name_of_a_file) ? "names a file without its path" : "";
}

/// Each call of that function in the text, as the object that it names.
std::vector<std::string> objects_in(const std::string& text, std::string_view function,
                                    std::size_t index) {
    std::vector<std::string> out;
    const std::regex call(concat(R"((^|[^\w:~]))", function, R"(\()"));
    for (auto it = std::sregex_iterator(text.begin(), text.end(), call);
         it != std::sregex_iterator(); ++it) {
        const auto open = static_cast<std::size_t>(it->position() + it->length() - 1);
        const auto arguments = arguments_of(text, open);
        out.push_back(arguments.size() > index ? arguments[index] : "");
    }
    return out;
}

TEST(Errors, AFaultIsSeen) {
    EXPECT_EQ(objects_in("throw OsError(\"cannot lock\", lock_name, error);", "OsError", 1),
              std::vector<std::string>{"lock_name"});
    EXPECT_EQ(objects_in("checked(::fork(), \"cannot fork\")", "checked", 2),
              std::vector<std::string>{""});
    EXPECT_NE(fault_of("lock_name"), "");
    EXPECT_NE(fault_of(""), "");
    EXPECT_NE(fault_of(R"("state")"), "");
    EXPECT_EQ(fault_of(R"("/proc")"), "");
    EXPECT_EQ(fault_of(R"("the startup pipe")"), "");
    EXPECT_EQ(fault_of("path_in(directory_,lock_name)"), "");
}

TEST(Errors, EachNamesWhatItIsAbout) {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(source_path("src"))) {
        const std::string path = fs::relative(entry.path(), source_path(""));
        if (!entry.is_regular_file() || path == "src/os/os_error.h") {
            continue;
        }
        const std::string text = read_text_file(entry.path()).value_or("");
        auto objects = objects_in(text, "OsError", 1);
        for (const std::string& object : objects_in(text, "checked", 2)) {
            objects.push_back(object);
        }
        for (const std::string& object : objects) {
            EXPECT_EQ(fault_of(object), "") << path << ": " << object;
        }
        count += objects.size();
    }
    EXPECT_GT(count, 50U);
}

} // namespace
} // namespace amphid
