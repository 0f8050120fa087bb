// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/expand.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace amphid {
namespace {

using Words = std::vector<std::string>;

struct ExpandCase {
    std::string word;
    Words expected;
};

void expect_expansions(const std::vector<ExpandCase>& cases, const Environment& environment) {
    for (const ExpandCase& c : cases) {
        Command command{"/a", {"/a", "before", c.word, "after"}};
        Words expected{"/a", "before"};
        expected.insert(expected.end(), c.expected.begin(), c.expected.end());
        expected.emplace_back("after");
        EXPECT_EQ(expand_argv(command, environment), expected) << "<" << c.word << ">";
    }
}

struct LineCase {
    std::string_view line;
    Environment environment;
    Words expected;
};

TEST(Expand, ExamplesOfTheManPage) {
    const Environment first{"ONE=one", "TWO=two two"};
    const Environment second{"ONE='one'", "TWO='two two' too", "THREE="};
    const std::vector<LineCase> cases = {
        {"echo $ONE $TWO ${TWO}", first, {"echo", "one", "two", "two", "two two"}},
        {"/bin/echo ${ONE} ${TWO} ${THREE}", second, {"/bin/echo", "'one'", "'two two' too", ""}},
        {"/bin/echo $ONE $TWO $THREE", second, {"/bin/echo", "one", "two two", "too"}},
        {"echo $$ONE $$", first, {"echo", "$ONE", "$"}},
        {"echo ${NONE} $NONE x${NONE}x", first, {"echo", "", "xx"}},
    };
    for (const LineCase& c : cases) {
        const auto command = parse_command(c.line);
        ASSERT_TRUE(std::holds_alternative<Command>(command)) << c.line;
        EXPECT_EQ(expand_argv(std::get<Command>(command), c.environment), c.expected) << c.line;
    }
}

TEST(Expand, ReplacesBracesWithinAnyWord) {
    expect_expansions(
        {
            {"FOO${FOO}", {"FOOBAR BAR"}},
            {"${FOO}", {"BAR BAR"}},
            {"${FOO}${BAR}", {"BAR BARwaldo"}},
            {"a${BAR}b${BAR}c", {"awaldobwaldoc"}},
            {"${EMPTY}", {""}},
            {"${UNSET}", {""}},
            {"z${UNSET}z${UNSET}z", {"zzz"}},
            {"x${}y", {"xy"}},
            {"a${~}${%}b", {"ab"}},
            {"${FOO", {"${FOO"}},
            {"${FOO$$BAR", {"${FOO$$BAR"}},
            {"${", {"${"}},
            {"{FOO}", {"{FOO}"}},
            {"${NESTED}", {"${FOO} $BAR"}},
        },
        {"FOO=BAR BAR", "BAR=waldo", "EMPTY=", "NESTED=${FOO} $BAR"});
}

TEST(Expand, ShellOperatorsAreNotKnown) {
    expect_expansions(
        {
            {"${FOO:-${BAR}}", {"${FOO:-waldo}"}},
            {"${QUUX:-${FOO}}", {"${QUUX:-BAR BAR}"}},
            {"${FOO:+${BAR}}", {"${FOO:+waldo}"}},
            {"${FOO:+|${BAR}|}}", {"${FOO:+|waldo|}}"}},
            {"${FOO:+|${BAR}{|}", {"${FOO:+|waldo{|}"}},
            {"${FOO:-$$}", {"${FOO:-$}"}},
            {"$(FOO)", {}},
            {"a$(FOO)", {"a$(FOO)"}},
        },
        {"FOO=BAR BAR", "BAR=waldo"});
}

TEST(Expand, PlainDollarOnlyAsWholeWord) {
    expect_expansions(
        {
            {"FOO$FOO", {"FOO$FOO"}},
            {"FOO$FOOFOO", {"FOO$FOOFOO"}},
            {"FOO${FOO}$FOO", {"FOOBAR BAR$FOO"}},
            {"${FOO}$FOO", {"BAR BAR$FOO"}},
            {"--x=$FOO", {"--x=$FOO"}},
            {"a$", {"a$"}},
            {"$FOO", {"BAR", "BAR"}},
            {"$BAR", {"waldo"}},
            {"$UNSET", {}},
            {"$EMPTY", {}},
            {"$BLANK", {}},
            {"$FOO$FOO", {}},
            {"$BAR/x", {}},
            {"$1", {}},
            {"$", {}},
        },
        {"FOO=BAR BAR", "BAR=waldo", "EMPTY=", "BLANK= \t ", "1=one"});
}

TEST(Expand, SplitsValuesWithQuotesHonoured) {
    const std::vector<ExpandCase> values = {
        {"a b", {"a", "b"}},
        {"  a \t b\nc  ", {"a", "b", "c"}},
        {"'a b' \"c d\"", {"a b", "c d"}},
        {"a'b c'd", {"ab cd"}},
        {"'' \"\"", {"", ""}},
        {"\"it's\"", {"it's"}},
        {"a\\ b", {"a b"}},
        {"\\'a \\\"b", {"'a", "\"b"}},
        {"'a\\'b'", {"a'b"}},
        {"\\n\\x41", {"nx41"}},
        {"'open end", {"open end"}},
        {"a \"", {"a", ""}},
        {"a\\", {"a"}},
        {"\\", {""}},
        {"$BAR ${BAR} $$", {"$BAR", "${BAR}", "$$"}},
        {"; \\;", {";", ";"}},
    };
    for (const ExpandCase& c : values) {
        const Command command{"/a", {"/a", "$FOO"}};
        Words expected{"/a"};
        expected.insert(expected.end(), c.expected.begin(), c.expected.end());
        EXPECT_EQ(expand_argv(command, {"FOO=" + c.word, "BAR=waldo"}), expected)
            << "FOO=<" << c.word << ">";
    }
}

TEST(Expand, DoubledDollarIsOne) {
    expect_expansions(
        {
            {"$$", {"$"}},
            {"$$$$", {"$$"}},
            {"$$$", {"$$"}},
            {"$$FOO", {"$FOO"}},
            {"$${FOO}", {"${FOO}"}},
            {"FOO$$${FOO}", {"FOO$BAR BAR"}},
            {"$$FOO${FOO}", {"$FOOBAR BAR"}},
            {"a$$b", {"a$b"}},
        },
        {"FOO=BAR BAR"});
}

TEST(Expand, TheFirstArgumentStays) {
    const Environment environment{"FOO=foo"};
    const Command plain{"/a${FOO}", {"/a${FOO}", "${FOO}"}};
    EXPECT_EQ(expand_argv(plain, environment), (Words{"/a${FOO}", "foo"}));
    const Command named{"/a", {"$FOO", "$FOO"}};
    EXPECT_EQ(expand_argv(named, environment), (Words{"$FOO", "foo"}));
    EXPECT_EQ(expand_argv({"/a", {"/a$$"}}, environment), (Words{"/a$$"}));
}

TEST(Expand, ThePrefixColonSwitchesItOff) {
    const auto command = parse_command(":/a $FOO ${FOO} $$ $NONE");
    ASSERT_TRUE(std::holds_alternative<Command>(command));
    EXPECT_EQ(expand_argv(std::get<Command>(command), {"FOO=foo"}),
              (Words{"/a", "$FOO", "${FOO}", "$$", "$NONE"}));
}

TEST(Environment, NamesOfVariables) {
    for (const std::string_view name : {"FOO", "foo", "_", "_1", "A1_b"}) {
        EXPECT_TRUE(is_variable_name(name)) << "'" << name << "'";
    }
    for (const std::string_view name : {"", "1", "5_a", "a b", " a", "a ", "a.b", "a-b", "a=", "=",
                                        "%", "~", "xxx\a", "\u00e4"}) {
        EXPECT_FALSE(is_variable_name(name)) << "'" << name << "'";
    }
    EXPECT_FALSE(is_variable_name(std::string_view("a\0", 2))) << "NUL at the end";
}

TEST(Environment, FindsWholeNamesOnly) {
    const Environment environment{"FOOBAR=1", "FOO=a=b", "EMPTY="};
    EXPECT_EQ(find_variable(environment, "FOO"), std::optional<std::string_view>("a=b"));
    EXPECT_EQ(find_variable(environment, "FOOBAR"), std::optional<std::string_view>("1"));
    EXPECT_EQ(find_variable(environment, "EMPTY"), std::optional<std::string_view>(""));
    EXPECT_EQ(find_variable(environment, "FO"), std::nullopt);
    EXPECT_EQ(find_variable(environment, "FOOBARS"), std::nullopt);
    EXPECT_EQ(find_variable({}, "FOO"), std::nullopt);
}

TEST(Environment, SetsInPlaceAndUnsets) {
    Environment environment;
    set_variable(environment, "A", "1");
    set_variable(environment, "AB", "2");
    set_variable(environment, "C", "");
    EXPECT_EQ(environment, (Environment{"A=1", "AB=2", "C="}));
    set_variable(environment, "A", "x=y");
    EXPECT_EQ(environment, (Environment{"A=x=y", "AB=2", "C="}));
    unset_variable(environment, "A");
    EXPECT_EQ(environment, (Environment{"AB=2", "C="}));
    unset_variable(environment, "A");
    unset_variable(environment, "C");
    EXPECT_EQ(environment, (Environment{"AB=2"}));
}

} // namespace
} // namespace amphid
