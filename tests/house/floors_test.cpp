// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "golden.h"

#include <map>
#include <regex>
#include <set>

// design.md section 8: the house has floors, and includes point down only.

namespace amphid {
namespace {

namespace fs = std::filesystem;

/// A file of the project, by its path from the top of the tree.
struct SourceFile {
    std::string path;
    std::string text;
};

std::vector<SourceFile> files_below(std::string_view top, const std::set<std::string>& extensions) {
    std::vector<SourceFile> out;
    for (const auto& entry : fs::recursive_directory_iterator(source_path(top))) {
        if (entry.is_regular_file() && extensions.count(entry.path().extension()) != 0) {
            out.push_back({fs::relative(entry.path(), source_path("")),
                           read_text_file(entry.path()).value_or("")});
        }
    }
    EXPECT_FALSE(out.empty()) << top;
    return out;
}

std::vector<SourceFile> product() {
    return files_below("src", {".h", ".cpp"});
}

/// The headers that a text includes, as they are written: "room/file.h" or <system.h>.
std::vector<std::string> includes_of(const std::string& text) {
    static const std::regex pattern(R"(^[ \t]*#[ \t]*include[ \t]*([<"][^>"]+[>"]))");
    std::vector<std::string> out;
    for (const std::string_view line : split(text, '\n')) {
        std::cmatch match;
        if (std::regex_search(line.data(), line.data() + line.size(), match, pattern)) {
            out.push_back(match[1]);
        }
    }
    return out;
}

/// "src/plan/state.h" or "plan/state.h" → "plan".
std::string room_of(std::string path) {
    if (path.starts_with("src/")) {
        path.erase(0, 4);
    }
    return path.substr(0, path.find('/'));
}

/// Each room with those that it may look into besides itself.
const std::map<std::string, std::set<std::string>> floors{
    {"base", {}},
    {"plan", {"base"}},
    {"machine", {"base", "plan"}},
    {"config", {"base", "plan"}},
    {"resolve", {"base", "plan", "config"}},
    {"os", {"base", "plan"}},
    {"supervisor", {"base", "plan", "machine", "os"}},
    {"app", {"base", "plan", "machine", "config", "resolve", "os", "supervisor"}},
};

TEST(House, IncludesPointDown) {
    for (const SourceFile& file : product()) {
        const std::string room = room_of(file.path);
        ASSERT_EQ(floors.count(room), 1U) << file.path << ": a room that the design does not know";
        for (const std::string& header : includes_of(file.text)) {
            if (header.front() != '"') {
                continue;
            }
            const std::string name = header.substr(1, header.size() - 2);
            EXPECT_TRUE(fs::exists(source_path("src/" + name)))
                << file.path << " includes " << header << ", not by its path from src";
            const std::string other = room_of(name);
            EXPECT_TRUE(other == room || floors.at(room).count(other) != 0)
                << file.path << " includes " << header << ": " << room << " may not look into "
                << other;
        }
    }
}

// Pure rooms: what they need of the system are words and numbers, never a call.
TEST(House, PureRoomsMakeNoSystemCalls) {
    const std::set<std::string> pure{"base", "plan", "machine", "config", "resolve"};
    const std::set<std::string> calling{
        "<cstdio>", "<fstream>", "<filesystem>",         "<thread>", "<mutex>",
        "<chrono>", "<ctime>",   "<condition_variable>", "<future>"};
    for (const SourceFile& file : product()) {
        if (pure.count(room_of(file.path)) == 0) {
            continue;
        }
        for (const std::string& header : includes_of(file.text)) {
            const bool of_c = header.front() == '<' && header.ends_with(".h>") &&
                              header != "<sys/types.h>" && header != "<toml++/toml.h>" &&
                              header != "<regex.h>" && header != "<arpa/inet.h>";
            EXPECT_FALSE(of_c) << file.path << " includes " << header;
            if (file.path == "src/base/calendar.cpp" && header == "<chrono>") {
                continue; // its calendar, not its clocks
            }
            EXPECT_EQ(calling.count(header), 0U) << file.path << " includes " << header;
        }
    }
}

TEST(House, NoIostream) {
    for (const SourceFile& file : product()) {
        for (const std::string& header : includes_of(file.text)) {
            const std::set<std::string> streams{"<iostream>", "<ostream>", "<istream>",
                                                "<sstream>",  "<iomanip>", "<fstream>"};
            EXPECT_EQ(streams.count(header), 0U) << file.path << " includes " << header;
        }
    }
}

TEST(House, LibrariesHaveOneDoor) {
    std::set<std::string> toml;
    std::set<std::string> opened;
    for (const SourceFile& file : product()) {
        for (const std::string& header : includes_of(file.text)) {
            if (header.find("toml") != std::string::npos) {
                toml.insert(file.path);
            }
            if (header.starts_with("<systemd/") || header.starts_with("<dlfcn")) {
                opened.insert(file.path);
            }
        }
    }
    EXPECT_EQ(toml, std::set<std::string>{"src/config/parse.cpp"});
    EXPECT_EQ(opened, std::set<std::string>{"src/os/seccomp.cpp"});
}

TEST(House, FilesFitTheHead) {
    for (const char* top : {"src", "tests"}) {
        for (const SourceFile& file : files_below(top, {".h", ".cpp", ".sh"})) {
            EXPECT_LE(std::count(file.text.begin(), file.text.end(), '\n'), 400) << file.path;
        }
    }
}

TEST(House, MainIsAListOfStages) {
    const std::string text = read_text_file(source_path("src/app/main.cpp")).value_or("");
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 40);
}

/// The lines that every file begins with, behind a "#!".
bool has_licence(const SourceFile& file, std::string_view comment) {
    std::string_view text = file.text;
    if (text.starts_with("#!")) {
        text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
    }
    return text.starts_with(concat(comment, " SPDX-License-Identifier: MIT\n", comment,
                                   " Copyright (c) 2026 The amphid authors\n"));
}

TEST(House, EveryFileNamesItsLicence) {
    for (const char* top : {"src", "tests"}) {
        for (const SourceFile& file : files_below(top, {".h", ".cpp"})) {
            EXPECT_TRUE(has_licence(file, "//")) << file.path;
        }
    }
    std::vector<SourceFile> scripts = files_below("tests", {".sh"});
    for (const char* top : {"script", ".ci"}) {
        for (const auto& entry : fs::directory_iterator(source_path(top))) {
            if (entry.is_regular_file()) {
                scripts.push_back({entry.path(), read_text_file(entry.path()).value_or("")});
            }
        }
    }
    for (const SourceFile& file : scripts) {
        EXPECT_TRUE(has_licence(file, "#")) << file.path;
        EXPECT_TRUE(file.text.starts_with("#!/usr/bin/env bash\n") ||
                    file.path.starts_with("tests/"))
            << file.path;
    }
    for (const char* path : {"CMakeLists.txt", "tests/CMakeLists.txt"}) {
        EXPECT_TRUE(has_licence({path, read_text_file(source_path(path)).value_or("")}, "#"))
            << path;
    }
    EXPECT_TRUE(fs::exists(source_path("LICENSE")));
}

TEST(House, HeadersAreIncludedOnce) {
    for (const SourceFile& file : files_below("src", {".h"})) {
        EXPECT_NE(file.text.find("\n#pragma once\n"), std::string::npos) << file.path;
    }
}

/// The code without comments, strings and what stands in braces of functions and types: a simple
/// reading that is enough for a formatted tree.
std::vector<std::string> lines_at_namespace_level(const std::string& text) {
    std::vector<std::string> out;
    bool inside = false;
    for (const std::string_view line : split(text, '\n')) {
        const bool continues = inside || line.empty() || line.front() == ' ' ||
                               line.front() == '#' || line.front() == '/' || line.front() == '}';
        if (!continues) {
            out.emplace_back(line);
        }
        // Formatted code opens a multi-line thing with "{" or "(" at the end and closes it at the
        // margin.
        if (!line.starts_with("namespace") && !line.empty() && line.front() != ' ') {
            inside = line.ends_with('{') || line.ends_with('(') || line.ends_with(',');
        }
    }
    return out;
}

TEST(House, NoMutableGlobals) {
    static const std::regex variable(
        R"(^(static |inline |extern |thread_local )*[A-Za-z_:<>*&, 0-9]+ [a-z_0-9]+(\[[^\]]*\])?( = .*|\{.*\})?;)");
    for (const SourceFile& file : product()) {
        for (const std::string& line : lines_at_namespace_level(file.text)) {
            const bool constant = line.find("constexpr") != std::string::npos ||
                                  line.starts_with("const ") || line.starts_with("inline const");
            const bool other = line.starts_with("using ") || line.starts_with("template") ||
                               line.starts_with("struct ") || line.starts_with("class ") ||
                               line.starts_with("enum ") || line.starts_with("concept ") ||
                               line.starts_with("extern \"C\"") || line.starts_with("return ");
            EXPECT_FALSE(!constant && !other && std::regex_search(line, variable))
                << file.path << ": " << line;
        }
        static const std::regex local(
            R"(^ +(static|thread_local) (?!constexpr|const |std::size_t most))");
        for (const std::string_view line : split(file.text, '\n')) {
            const bool function = line.find('(') != std::string_view::npos;
            // std::new_handler takes no argument.
            const bool excused =
                file.path == "src/os/memory.cpp" && line == "    static void* reserve = nullptr;";
            EXPECT_FALSE(!function && !excused && std::regex_search(std::string(line), local))
                << file.path << ": " << line;
        }
    }
}

TEST(House, NoMacrosAndNoUtils) {
    for (const SourceFile& file : product()) {
        for (const std::string_view line : split(file.text, '\n')) {
            EXPECT_FALSE(line.starts_with("#define")) << file.path << ": " << line;
        }
        const std::string name = fs::path(file.path).stem();
        EXPECT_EQ(name.find("util"), std::string::npos) << file.path;
        EXPECT_EQ(file.text.find("TODO"), std::string::npos) << file.path;
        EXPECT_EQ(file.text.find("FIXME"), std::string::npos) << file.path;
    }
}

TEST(House, PureRoomsThrowNothing) {
    static const std::regex throws(R"((^|[^a-z_])throw[^a-z_])");
    for (const SourceFile& file : product()) {
        const std::string room = room_of(file.path);
        if (room == "machine" || room == "config" || room == "plan" || room == "base") {
            for (const std::string_view line : split(file.text, '\n')) {
                const std::string code(line.substr(0, line.find("//")));
                EXPECT_FALSE(std::regex_search(code, throws)) << file.path << ": " << line;
            }
        }
    }
}

TEST(House, TestsMirrorTheRooms) {
    for (const char* room : {"base", "plan", "machine", "config", "resolve"}) {
        EXPECT_TRUE(fs::is_directory(source_path(concat("tests/", room)))) << room;
    }
}

} // namespace
} // namespace amphid
