// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/document.h"

#include "json_reader.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <type_traits>

namespace amphid {
namespace {

/// Fills every field of a state with something that a codec could stumble over.
struct RandomFill {
    std::mt19937& random;

    template <class T>
    void operator()(std::string_view, T& value) {
        if constexpr (NamedEnum<T>) {
            value = static_cast<T>(random() % enum_names(value).size());
        } else if constexpr (std::is_same_v<T, bool>) {
            value = random() % 2 == 0;
        } else if constexpr (std::is_integral_v<T>) {
            const T edges[] = {0, 1, std::numeric_limits<T>::max(), static_cast<T>(random() >> 1)};
            value = edges[random() % 4];
        } else if constexpr (std::is_same_v<T, std::string>) {
            value = text();
        } else {
            fields(*this, value);
        }
    }

    std::string text() {
        constexpr std::string_view pieces[] = {"\n",
                                               "\\",
                                               "\\n",
                                               "=",
                                               "\r",
                                               "\t",
                                               "a",
                                               "amphid-state=1",
                                               "\"",
                                               "{",
                                               "}",
                                               "\x1b[",
                                               "\x7f",
                                               "\xc2\x9b",
                                               "\xff\xfe",
                                               "\xf0\x9f\x98\x80",
                                               " ",
                                               "\\",
                                               ",",
                                               "main.pid=7\n",
                                               "\\\\n",
                                               "\xe2\x80\xa8",
                                               "\xed\xa0\x80",
                                               "\x01"};
        std::string out;
        for (auto n = random() % 9; n > 0; --n) {
            out += pieces[random() % std::size(pieces)];
        }
        out += random() % 8 == 0 ? std::string(1, '\0') : std::string();
        return out;
    }
};

State random_state(std::mt19937& random) {
    State state;
    RandomFill fill{random};
    fields(fill, state);
    return state;
}

TEST(Document, RoundTripOfRandomStates) {
    for (unsigned seed = 0; seed < 500; ++seed) {
        std::mt19937 random(seed);
        const State state = random_state(random);
        const std::string document = encode(state);
        const auto decoded = decode(document);
        ASSERT_TRUE(decoded.has_value()) << "seed " << seed << '\n' << document;
        EXPECT_EQ(*decoded, state) << "seed " << seed << '\n' << document;
        EXPECT_EQ(encode(*decoded), document) << "seed " << seed;
    }
}

TEST(Document, OneFieldALine) {
    std::mt19937 random(1);
    const auto lines_of = [](const State& state) {
        const std::string text = encode(state);
        return split(text, '\n').size();
    };
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(lines_of(random_state(random)), lines_of(State{}))
            << "a value broke out of its line";
    }
}

TEST(Document, VersionIsTheFirstLine) {
    const std::string document = encode(State{});
    EXPECT_TRUE(document.starts_with("amphid-state=1\n"));
    const std::string rest = document.substr(document.find('\n') + 1);
    EXPECT_FALSE(decode(rest).has_value());
    EXPECT_FALSE(decode("amphid-state=2\n" + rest).has_value());
    EXPECT_FALSE(decode("amphid-state=10\n" + rest).has_value());
    EXPECT_FALSE(decode("amphid-state=1 \n" + rest).has_value());
    EXPECT_FALSE(decode("\n" + document).has_value());
    EXPECT_FALSE(decode(rest + "amphid-state=1\n").has_value());
    EXPECT_FALSE(decode("").has_value());
    EXPECT_FALSE(decode("\n").has_value());
}

TEST(Document, EveryPrefixIsRefused) {
    State state;
    state.name = "web";
    state.status_text = "a\\b\nc";
    const std::string document = encode(state);
    for (std::size_t length = 0; length < document.size(); ++length) {
        EXPECT_FALSE(decode(document.substr(0, length)).has_value())
            << "cut behind: " << document.substr(0, length);
    }
}

/// The document of an empty state with a line put into its middle.
std::optional<State> decode_with(const std::string& line) {
    std::string document = encode(State{});
    return decode(document.insert(document.find("\nname=") + 1, line + "\n"));
}

TEST(Document, UnknownLinesArePassedOver) {
    EXPECT_TRUE(decode_with("of-a-later-version=x").has_value());
    EXPECT_TRUE(decode_with("main.of-later=").has_value());
    EXPECT_EQ(decode_with("x=y"), State{});
}

TEST(Document, WrongLinesRefuseTheWhole) {
    for (const char* line :
         {"no equals sign", "", "name=twice", "x=1\nx=2", "x=\\", "x=\\t", "x=a\\"}) {
        EXPECT_FALSE(decode_with(line).has_value()) << '<' << line << '>';
    }
    EXPECT_TRUE(decode_with("x=\\n\\\\").has_value());
}

/// The document of an empty state with another value for a key.
std::optional<State> decode_replaced(const std::string& key, const std::string& value) {
    std::string document = encode(State{});
    const auto at = document.find("\n" + key + "=");
    if (at == std::string::npos) {
        ADD_FAILURE() << "no key " << key;
        return std::nullopt;
    }
    const auto begin = at + key.size() + 2;
    return decode(document.replace(begin, document.find('\n', begin) - begin, value));
}

TEST(Document, ValuesMustFitTheirFields) {
    EXPECT_EQ(decode_replaced("main.pid", "7")->main.pid, 7);
    EXPECT_EQ(decode_replaced("state", "stop-sigterm")->state, ServiceState::stop_sigterm);
    EXPECT_EQ(decode_replaced("reload.ok", "false")->reload.ok, false);
    const std::pair<const char*, const char*> wrong[] = {
        {"main.pid", ""},
        {"main.pid", "x"},
        {"main.pid", "7 "},
        {"main.pid", " 7"},
        {"main.pid", "+7"},
        {"main.pid", "0x7"},
        {"main.pid", "2147483648"},
        {"launcher.start-time", "-1"},
        {"launcher.start-time", "18446744073709551616"},
        {"state", "Running"},
        {"state", ""},
        {"result", "oom-kill"},
        {"mode", "auto"},
        {"manager", "root"},
        {"exit.kind", "lost"},
        {"exit.stage", "exec"},
        {"reload.ok", "1"},
        {"reload.ok", ""},
        {"restarts", "1.0"},
    };
    for (const auto& [key, value] : wrong) {
        EXPECT_FALSE(decode_replaced(key, value).has_value()) << key << '=' << value;
    }
}

// kill(2) with such a number reaches process groups, or everybody.
TEST(Document, ProcessesHaveNoNegativeNumbers) {
    for (const char* key : {"main.pid", "launcher.pid"}) {
        EXPECT_FALSE(decode_replaced(key, "-1").has_value()) << key;
        EXPECT_FALSE(decode_replaced(key, "-4711").has_value()) << key;
    }
}

TEST(Json, StringsAreEscaped) {
    for (int c = 0; c < 0x20; ++c) {
        const std::string text(1, static_cast<char>(c));
        EXPECT_EQ(JsonReader::read_string(json_string(text)), text) << c;
    }
    for (const char* text : {"\"", "\\", "a\"b\\c", "\x7f", "\xc2\x9b", "\xf0\x9f\x98\x80", "/"}) {
        EXPECT_EQ(JsonReader::read_string(json_string(text)), text);
    }
    // Broken UTF-8 becomes U+FFFD, a byte each.
    EXPECT_EQ(JsonReader::read_string(json_string("a\xff\xfe")), "a\xef\xbf\xbd\xef\xbf\xbd");
    EXPECT_EQ(JsonReader::read_string(json_string("\xe2\x82")), "\xef\xbf\xbd\xef\xbf\xbd");
    EXPECT_EQ(json_string("\x1f"), "\"\\u001f\"");
}

} // namespace
} // namespace amphid
