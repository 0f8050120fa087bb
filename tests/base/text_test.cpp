// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>

namespace amphid {
namespace {

using Parts = std::vector<std::string_view>;

TEST(Text, SplitKeepsEmptyParts) {
    EXPECT_EQ(split("a,b", ','), (Parts{"a", "b"}));
    EXPECT_EQ(split("", ','), Parts{""});
    EXPECT_EQ(split(",", ','), (Parts{"", ""}));
    EXPECT_EQ(split("a,,b,", ','), (Parts{"a", "", "b", ""}));
    EXPECT_EQ(split("abc", ','), Parts{"abc"});
}

TEST(Text, ConcatWritesEveryNumber) {
    EXPECT_EQ(concat("a", 'b', std::string("c"), std::string_view("d")), "abcd");
    EXPECT_EQ(concat(0, '|', -1, '|', std::numeric_limits<std::int64_t>::min(), '|',
                     std::numeric_limits<std::uint64_t>::max()),
              "0|-1|-9223372036854775808|18446744073709551615");
    EXPECT_EQ(concat(), "");
}

TEST(Text, NearestKnowsTyposAndAbbreviations) {
    const std::string_view words[] = {"start", "status", "stop", "restart", "TERM", "TRAP"};
    EXPECT_EQ(nearest("strat", words), "start");
    EXPECT_EQ(nearest("stat", words), "status") << "an abbreviation of one word";
    EXPECT_EQ(nearest("sta", words), "start") << "an abbreviation of two, and near to one";
    EXPECT_EQ(nearest("TREM", words), "TERM") << "swapped letters are one mistake";
    EXPECT_EQ(nearest("frobnicate", words), "");
    EXPECT_EQ(nearest("", words), "");
}

TEST(Text, ParseNumberTakesTheWholeText) {
    EXPECT_EQ(parse_number<int>("-12"), -12);
    EXPECT_EQ(parse_number<int>("007"), 7);
    EXPECT_EQ(parse_number<std::uint64_t>("18446744073709551615"),
              std::numeric_limits<std::uint64_t>::max());
    for (const char* text : {"", "-", "+1", " 1", "1 ", "1x", "0x1", "1.0", "2147483648"}) {
        EXPECT_EQ(parse_number<int>(text), std::nullopt) << text;
    }
    EXPECT_EQ(parse_number<unsigned>("-1"), std::nullopt);
}

TEST(Text, PrintableShowsEveryControlCharacter) {
    const std::pair<std::string, std::string> cases[] = {
        {"plain text", "plain text"},
        {"\xc3\xbc \xf0\x9f\x98\x80", "\xc3\xbc \xf0\x9f\x98\x80"},
        {"a\tb", "a\tb"},
        {"a\nb", "a\\x0ab"},
        {"a\rb", "a\\x0db"},
        {"\x1b[31m", "\\x1b[31m"},
        {"\x7f", "\\x7f"},
        {std::string(1, '\0'), "\\x00"},
        {"\xc2\x9b"
         "31m",
         "\\xc2\\x9b31m"}, // CSI as a C1 control
        {"\xc2\x80\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9f\xc2\xa0"},
        {"\u202egnp", "\\xe2\\x80\\xaegnp"}, // right to left from here
        {"a\u200bb\u2066c", "a\\xe2\\x80\\x8bb\\xe2\\x81\\xa6c"},
        {"\u2028\u2029", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9"}, // ends of line and paragraph
        {"\ufeff\u00ad", "\\xef\\xbb\\xbf\\xc2\\xad"},
        {"\U000e0041", "\\xf3\\xa0\\x81\\x81"}, // a tag
        {"\u20ac\u0627\U0001f600", "\u20ac\u0627\U0001f600"},
        {"\xff", "\\xff"},
        {"\x9b", "\\x9b"},                            // CSI of an 8-bit terminal
        {"\xc3", "\\xc3"},                            // cut short
        {"\xe2\x82x", "\\xe2\\x82x"},                 // cut short inside
        {"\xc0\xaf", "\\xc0\\xaf"},                   // overlong
        {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},          // overlong
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},          // surrogate
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, // above U+10FFFF
        {"\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"},
    };
    for (const auto& [text, shown] : cases) {
        EXPECT_EQ(printable(text), shown);
        EXPECT_EQ(printable(printable(text)), shown) << "shown text stays as it is";
    }
    EXPECT_EQ(printable("a\nb\n\x1b", true), "a\nb\n\\x1b");
}

TEST(Text, PrintableIsAlwaysUtf8WithoutControls) {
    std::uint32_t seed = 1;
    for (int i = 0; i < 5000; ++i) {
        std::string text;
        for (int n = 0; n < 4; ++n) {
            seed = seed * 1664525 + 1013904223;
            text += static_cast<char>(seed >> 24);
        }
        const std::string shown = printable(text);
        ASSERT_TRUE(is_utf8(shown));
        for (std::size_t at = 0; at < shown.size(); ++at) {
            const auto c = static_cast<unsigned char>(shown[at]);
            ASSERT_TRUE((c >= 0x20 && c != 0x7f) || c == '\t');
            ASSERT_FALSE(c == 0xc2 && static_cast<unsigned char>(shown[at + 1]) < 0xa0);
        }
        if (is_utf8(text)) {
            continue;
        }
        ASSERT_NE(shown, text);
    }
}

TEST(Text, IsUtf8ByTheStandard) {
    for (const char* text : {"", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xef\xbf\xbf",
                             "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"}) {
        EXPECT_TRUE(is_utf8(text)) << printable(text);
    }
    for (const char* text :
         {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80",
          "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xfe", "a\xc3", "\xe2\x28\xa1"}) {
        EXPECT_FALSE(is_utf8(text)) << printable(text);
    }
}

TEST(Text, NearestForgivesTypos) {
    const std::array<std::string_view, 6> known{"restart", "restart-sec", "type",
                                                "umask",   "exec-start",  "name"};
    EXPECT_EQ(nearest("restrat", known), "restart");
    EXPECT_EQ(nearest("restart", known), "restart");
    EXPECT_EQ(nearest("restartsec", known), "restart-sec");
    EXPECT_EQ(nearest("exec-strat", known), "exec-start");
    EXPECT_EQ(nearest("ExecStart", known), "exec-start");
    EXPECT_EQ(nearest("tpye", known), "type");
    EXPECT_EQ(nearest("zzz", known), "");
    EXPECT_EQ(nearest("", known), "");
    EXPECT_EQ(nearest("environment", known), "");
    EXPECT_EQ(nearest("x", {}), "");
}

TEST(Text, JsonEscapesWhatIsNotSeen) {
    EXPECT_EQ(json_string("\u202ea\x1b\xc2\x9b"), "\"\\u202ea\\u001b\\u009b\"");
    EXPECT_EQ(json_string("\U000e0041\u20ac"), "\"\\udb40\\udc41\u20ac\"");
    EXPECT_EQ(json_string("\"\\\xff"), "\"\\\"\\\\\\ufffd\"");
}

} // namespace
} // namespace amphid
