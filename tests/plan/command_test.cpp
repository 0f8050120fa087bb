// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/command.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace amphid {
namespace {

using Words = std::vector<std::string>;
using Result = std::variant<Command, CommandError>;

std::string describe(const Result& result) {
    const auto* error = std::get_if<CommandError>(&result);
    return error != nullptr ? error->message : "accepted";
}

struct SplitCase {
    std::string_view text;
    std::string_view path;
    Words argv;
};

void expect_words(const std::vector<SplitCase>& cases) {
    for (const SplitCase& c : cases) {
        const Result result = parse_command(c.text);
        const auto* command = std::get_if<Command>(&result);
        ASSERT_NE(command, nullptr) << "<" << c.text << "> " << describe(result);
        EXPECT_EQ(command->path, c.path) << "<" << c.text << ">";
        EXPECT_EQ(command->argv, c.argv) << "<" << c.text << ">";
        EXPECT_FALSE(command->ignore_failure) << "<" << c.text << ">";
        EXPECT_TRUE(command->expand) << "<" << c.text << ">";
        EXPECT_EQ(command->privileges, Privileges::normal) << "<" << c.text << ">";
    }
}

TEST(Command, ExamplesOfTheManPage) {
    expect_words({
        {"echo $ONE $TWO ${TWO}", "echo", {"echo", "$ONE", "$TWO", "${TWO}"}},
        {"/bin/echo ${ONE} ${TWO} ${THREE}",
         "/bin/echo",
         {"/bin/echo", "${ONE}", "${TWO}", "${THREE}"}},
        {"sh -c 'dmesg | tac'", "sh", {"sh", "-c", "dmesg | tac"}},
        {"echo \"two two\"", "echo", {"echo", "two two"}},
        {"echo / >/dev/null & \\; ls", "echo", {"echo", "/", ">/dev/null", "&", ";", "ls"}},
    });
}

TEST(Command, SplitsAtWhiteSpace) {
    expect_words({
        {"/RValue r1", "/RValue", {"/RValue", "r1"}},
        {"  /a\tb\n c\r d  ", "/a", {"/a", "b", "c", "d"}},
        {"/a", "/a", {"/a"}},
        {"/a 100% %i", "/a", {"/a", "100%", "%i"}},
        {"/a # b", "/a", {"/a", "#", "b"}},
        {"/a - @ : + !", "/a", {"/a", "-", "@", ":", "+", "!"}},
    });
}

TEST(Command, TakesQuotesOut) {
    expect_words({
        {"/a 'b c' \"d e\"", "/a", {"/a", "b c", "d e"}},
        {"/a b'c d'e\"f g\"h", "/a", {"/a", "bc def gh"}},
        {"/a '' \"\"", "/a", {"/a", "", ""}},
        {"/a \"it's\" 'say \"x\"'", "/a", {"/a", "it's", "say \"x\""}},
        {"/a 'b\nc'", "/a", {"/a", "b\nc"}},
        {"\"/PATH WITH SPACES/daemon\" -1 -2",
         "/PATH WITH SPACES/daemon",
         {"/PATH WITH SPACES/daemon", "-1", "-2"}},
        {"\"/PATH WITH SPACES/daemon -1 -2\"",
         "/PATH WITH SPACES/daemon -1 -2",
         {"/PATH WITH SPACES/daemon -1 -2"}},
        {"\"/PATH\\sWITH\\x20SPACES/daemon\" '-1 -2'",
         "/PATH WITH SPACES/daemon",
         {"/PATH WITH SPACES/daemon", "-1 -2"}},
        {"/path\\s", "/path ", {"/path "}},
    });
}

TEST(Command, TakesEscapesOut) {
    expect_words({
        {"/a \\a\\b\\f\\n\\r\\t\\v\\\\\\\"\\'\\s", "/a", {"/a", "\a\b\f\n\r\t\v\\\"' "}},
        {"/a '\\a\\n\\'' \"\\\"\\t\"", "/a", {"/a", "\a\n'", "\"\t"}},
        {"/a \\x41\\x7e\\101\\377", "/a", {"/a", "A~A\xff"}},
        {"/a \\u0041\\u00e9\\u20ac\\U0001F600", "/a", {"/a", "A\u00e9\u20ac\U0001F600"}},
        {"/a b\\sc 'd\\x20e'", "/a", {"/a", "b c", "d e"}},
    });
}

TEST(Command, KeepsEscapesThatItDoesNotKnow) {
    expect_words({
        {"/bin/grep '\\w+\\K'", "/bin/grep", {"/bin/grep", "\\w+\\K"}},
        {"/a \\d \\x4 \\xyz \\400 \\8 \\19",
         "/a",
         {"/a", "\\d", "\\x4", "\\xyz", "\\400", "\\8", "\\19"}},
        {"/a \\u00e \\U00110000 \\U0000d800", "/a", {"/a", "\\u00e", "\\U00110000", "\\U0000d800"}},
        {"/a b\\", "/a", {"/a", "b\\"}},
        {"/a \\ b", "/a", {"/a", "\\ b"}},
        {"/a \\$FOO", "/a", {"/a", "\\$FOO"}},
    });
}

TEST(Command, SemicolonsThatAreArguments) {
    expect_words({
        {"/bin/find \\;", "/bin/find", {"/bin/find", ";"}},
        {"/sbin/find \\; /x", "/sbin/find", {"/sbin/find", ";", "/x"}},
        {"/sbin/find \\;x", "/sbin/find", {"/sbin/find", "\\;x"}},
        {"/bin/find \\073", "/bin/find", {"/bin/find", ";"}},
        {"/bin/find \";\" ';'", "/bin/find", {"/bin/find", ";", ";"}},
        {"/a b; ;c", "/a", {"/a", "b;", ";c"}},
        {"/a \\\\; '\\;'", "/a", {"/a", "\\;", "\\;"}},
    });
}

TEST(Command, PathsAndNames) {
    expect_words({
        {"/RValue///slashes r1///", "/RValue/slashes", {"/RValue///slashes", "r1///"}},
        {"//usr/./bin//env", "/usr/bin/env", {"//usr/./bin//env"}},
        {"/usr/../bin/env", "/usr/../bin/env", {"/usr/../bin/env"}},
        {"redis-server x", "redis-server", {"redis-server", "x"}},
        {"...", "...", {"..."}},
        {"/a$b", "/a$b", {"/a$b"}},
    });
}

struct PrefixCase {
    std::string_view text;
    Command command;
};

TEST(Command, Prefixes) {
    const std::vector<PrefixCase> cases = {
        {"-/a b", {"/a", {"/a", "b"}, true}},
        {":/a $b", {"/a", {"/a", "$b"}, false, false}},
        {"@/a zero b", {"/a", {"zero", "b"}}},
        {"@/a //zero", {"/a", {"//zero"}}},
        {"@/a ''", {"/a", {""}}},
        {"+/a", {"/a", {"/a"}, false, true, Privileges::privileged}},
        {"!/a", {"/a", {"/a"}, false, true, Privileges::no_setuid}},
        {"!!/a", {"/a", {"/a"}, false, true, Privileges::ambient}},
        {"!-!/a", {"/a", {"/a"}, true, true, Privileges::ambient}},
        {"-@/a///b zero r1", {"/a/b", {"zero", "r1"}, true}},
        {"@-/a///b zero r1", {"/a/b", {"zero", "r1"}, true}},
        {"-@:+/a zero", {"/a", {"zero"}, true, false, Privileges::privileged}},
        {"!:@-/a zero", {"/a", {"zero"}, true, false, Privileges::no_setuid}},
        {"'-/a b'", {"/a b", {"/a b"}, true}},
        {"\\x2d/a", {"/a", {"/a"}, true}},
        {"-sh -c x", {"sh", {"sh", "-c", "x"}, true}},
        {"--a", {"-a", {"-a"}, true}},
        {"++a", {"+a", {"+a"}, false, true, Privileges::privileged}},
        {"!!!a", {"!a", {"!a"}, false, true, Privileges::ambient}},
        {"::a", {":a", {":a"}, false, false}},
    };
    for (const PrefixCase& c : cases) {
        const Result result = parse_command(c.text);
        const auto* command = std::get_if<Command>(&result);
        ASSERT_NE(command, nullptr) << "<" << c.text << "> " << describe(result);
        EXPECT_TRUE(*command == c.command)
            << "<" << c.text << "> path " << command->path << ", argv[0] " << command->argv.front();
    }
}

struct ErrorCase {
    std::string_view text;
    std::size_t offset;
    std::string_view message;
};

constexpr std::string_view empty = "the command is empty";
constexpr std::string_view no_program = "the program is missing";
constexpr std::string_view relative = "the program is neither an absolute path nor a plain name";
constexpr std::string_view directory = "the program is a directory";
constexpr std::string_view unsafe =
    "the program's name has a control character, a quote or a backslash in it";
constexpr std::string_view too_long = "the program's path is too long";
constexpr std::string_view open_quote = "the quote is unclosed";
constexpr std::string_view nul = "a command cannot contain a NUL character";
constexpr std::string_view no_argv0 = "after the prefix '@' argv[0] must follow the program";
constexpr std::string_view variable = "the program cannot be a variable";
constexpr std::string_view several =
    "';' begins another command, which only type oneshot can have; write '\\;' for an argument";

void expect_error(const ErrorCase& c) {
    const Result result = parse_command(c.text);
    const auto* error = std::get_if<CommandError>(&result);
    ASSERT_NE(error, nullptr) << "<" << c.text << "> was accepted";
    EXPECT_EQ(error->message, c.message) << "<" << c.text << ">";
    EXPECT_EQ(error->offset, c.offset) << "<" << c.text << ">";
    EXPECT_EQ(error->element, 0) << "<" << c.text << ">";
}

TEST(Command, ErrorsOfTheProgram) {
    const ErrorCase cases[] = {
        {"", 0, empty},
        {" \t\n", 0, empty},
        {"''", 0, no_program},
        {"-", 0, no_program},
        {"  - /path", 2, no_program},
        {"-@:", 0, no_program},
        {"bin/echo", 0, relative},
        {"./echo a", 0, relative},
        {"../echo", 0, relative},
        {" .", 1, relative},
        {"..", 0, relative},
        {"--/RValue argv0 r1", 0, relative},
        {"-@-/RValue argv0 r1", 0, relative},
        {"+!/a", 0, relative},
        {"!+/a", 0, relative},
        {"!!!/a", 0, relative},
        {"/RValue/ argv0 r1", 0, directory},
        {"/", 0, directory},
        {"/.", 0, directory},
        {"bin/", 0, directory},
        {"@/RValue", 0, no_argv0},
        {" -@/RValue", 1, no_argv0},
        {"$FOO a", 0, variable},
        {"-${FOO}/bin/a", 0, variable},
        {"|/bin/a", 0, "the prefix '|' is not supported; name the shell: /bin/sh -c '...'"},
    };
    for (const ErrorCase& c : cases) {
        expect_error(c);
    }
}

TEST(Command, ControlCharactersAreNoPartOfAProgram) {
    for (const char letter : std::string_view("abfnrtv\\'\"xd;")) {
        const std::string text = std::string("/path\\") + letter;
        expect_error({text, 0, unsafe});
    }
    expect_error({"/path\\", 0, unsafe});
    expect_error({"/path\\x7f", 0, unsafe});
}

TEST(Command, ErrorsOfTheSyntax) {
    const ErrorCase cases[] = {
        {"/path 'foo", 6, open_quote},
        {"/path 'foo\\", 6, open_quote},
        {"/path 'foo\\'", 6, open_quote},
        {"/path \"a\" b\"c", 11, open_quote},
        {"'/path", 0, open_quote},
        {"echo one ; echo \"two two\"", 9, several},
        {"/a ;", 3, several},
        {"/a ; ", 3, several},
        {"/a \\; ; b", 6, several},
        {"; /a", 0, several},
        {" ';' /a", 1, several},
        {"/a \\x00", 3, nul},
        {"/a b\\000", 4, nul},
        {"/a '\\u0000'", 4, nul},
        {std::string_view("/a b\0c", 6), 4, nul},
        {std::string_view("\0", 1), 0, nul},
    };
    for (const ErrorCase& c : cases) {
        expect_error(c);
    }
}

TEST(Command, ErrorsOfLength) {
    const std::string name(255, 'n');
    const std::string path = "/" + name;
    std::string longest;
    while (longest.size() + path.size() <= 4095) {
        longest += path;
    }
    longest += "/" + std::string(4095 - longest.size() - 1, 'x');
    EXPECT_TRUE(std::holds_alternative<Command>(parse_command(name))) << "name of 255 bytes";
    EXPECT_TRUE(std::holds_alternative<Command>(parse_command(path))) << "component of 255 bytes";
    EXPECT_TRUE(std::holds_alternative<Command>(parse_command(longest))) << "path of 4095 bytes";
    expect_error({name + "n", 0, too_long});
    expect_error({path + "n", 0, too_long});
    expect_error({longest + "x", 0, too_long});
    const std::string argument(200'000, 'x');
    EXPECT_TRUE(std::holds_alternative<Command>(parse_command("/bin/echo " + argument)))
        << "long argument";
}

TEST(Command, ArraysAreTakenAsTheyAre) {
    const std::vector<std::pair<Words, Command>> cases = {
        {{"/a", "b c", "'d'", "\\n", ";", "\\;", "", "$X"},
         {"/a", {"/a", "b c", "'d'", "\\n", ";", "\\;", "", "$X"}}},
        {{"/with space", "-x"}, {"/with space", {"/with space", "-x"}}},
        {{"//a/./b"}, {"/a/b", {"//a/./b"}}},
        {{"-@:/a", "zero", "b"}, {"/a", {"zero", "b"}, true, false}},
        {{"!!sh", "-c", "x"}, {"sh", {"sh", "-c", "x"}, false, true, Privileges::ambient}},
    };
    for (const auto& [argv, expected] : cases) {
        const Result result = parse_command(argv);
        const auto* command = std::get_if<Command>(&result);
        ASSERT_NE(command, nullptr) << "<" << argv.front() << "> " << describe(result);
        EXPECT_TRUE(*command == expected) << "<" << argv.front() << ">";
    }
}

TEST(Command, ErrorsOfArraysNameTheElement) {
    struct Case {
        Words argv;
        int element;
        std::string_view message;
    };
    const std::vector<Case> cases = {
        {{}, 0, empty},
        {{""}, 0, no_program},
        {{"-", "/a"}, 0, no_program},
        {{"bin/a", "b"}, 0, relative},
        {{" /a"}, 0, relative},
        {{"@/a"}, 0, no_argv0},
        {{"/a\n"}, 0, unsafe},
        {{"$FOO"}, 0, variable},
        {{"/a", "b", std::string("c\0", 2)}, 2, nul},
        {{std::string("/a\0", 3)}, 0, nul},
    };
    for (const Case& c : cases) {
        const Result result = parse_command(c.argv);
        const auto* error = std::get_if<CommandError>(&result);
        ASSERT_NE(error, nullptr) << "accepted, awaited: " << c.message;
        EXPECT_EQ(error->message, c.message);
        EXPECT_EQ(error->element, c.element) << c.message;
        EXPECT_EQ(error->offset, 0U) << c.message;
    }
}

} // namespace
} // namespace amphid
