// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/bus_name.h"

#include <gtest/gtest.h>

// What a bus says is built here from the D-Bus Specification, byte by byte.

namespace amphid {
namespace {

using std::string_literals::operator""s;

void add_number(std::string& out, std::uint32_t value, bool big) {
    out.resize((out.size() + 3) / 4 * 4, '\0');
    for (unsigned i = 0; i < 4; ++i) {
        out += static_cast<char>(value >> (big ? 24 - 8 * i : 8 * i) & 0xffU);
    }
}

std::string body_of(const std::vector<std::string>& strings, bool big) {
    std::string out;
    for (const std::string& text : strings) {
        add_number(out, static_cast<std::uint32_t>(text.size()), big);
        out += text + '\0';
    }
    return out;
}

/// A message of that kind; `answers`: 0 for a signal.
std::string message(char kind, std::uint32_t answers, const std::vector<std::string>& strings,
                    bool big = false) {
    std::string fields;
    if (answers > 0) {
        fields += "\5\1u\0"s;
        add_number(fields, answers, big);
    } else {
        fields += "\3\1s\0"s + body_of({"NameOwnerChanged"}, big);
    }
    fields.resize((fields.size() + 7) / 8 * 8, '\0');
    fields +=
        "\10\1g\0"s + static_cast<char>(strings.size()) + std::string(strings.size(), 's') + '\0';
    const std::string body = body_of(strings, big);
    std::string out{big ? 'B' : 'l', kind, '\0', '\1'};
    add_number(out, static_cast<std::uint32_t>(body.size()), big);
    add_number(out, 9, big);
    add_number(out, static_cast<std::uint32_t>(fields.size()), big);
    out += fields;
    out.resize((out.size() + 7) / 8 * 8, '\0');
    return out + body;
}

constexpr std::uint32_t get_owner = 3;
const std::string accepted = "OK 1234\r\n";

std::string changed(const std::string& name, const std::string& owner, bool big = false) {
    return message('\4', 0, {name, owner.empty() ? ":1.7" : "", owner}, big);
}

TEST(BusName, WhatIsOne) {
    for (const char* name : {"org.example.Web", "a.b", "org.freedesktop.Avahi", "_x.y-z"}) {
        EXPECT_TRUE(is_bus_name(name)) << name;
    }
    for (const char* name : {"", "web", ".a", "a.", "a..b", ":1.7", "a.1b", "a b.c", "a'.b"}) {
        EXPECT_FALSE(is_bus_name(name)) << name;
    }
    EXPECT_FALSE(is_bus_name("a." + std::string(254, 'b')));
}

TEST(BusName, SocketsOfAnAddress) {
    EXPECT_EQ(bus_sockets("unix:path=/run/dbus/system_bus_socket"),
              std::vector<std::string>{"/run/dbus/system_bus_socket"});
    EXPECT_EQ(bus_sockets("tcp:host=x;unix:guid=1,abstract=/tmp/a%20b;unix:path=/c%"),
              (std::vector<std::string>{"@/tmp/a b", "/c%"}));
    EXPECT_TRUE(bus_sockets("nonsense").empty());
}

TEST(BusName, ItsOwnerIsAskedForAndWatched) {
    for (const bool big : {false, true}) {
        BusNameTalk talk("org.example.Web", 0);
        EXPECT_EQ(talk.words().find("\0AUTH EXTERNAL 30\r\nBEGIN\r\n"s), 0U);
        EXPECT_TRUE(talk.take(accepted + message('\2', 1, {":1.9"}, big)));
        EXPECT_FALSE(talk.owned());
        EXPECT_TRUE(talk.take(message('\3', get_owner, {"no such name"}, big)));
        EXPECT_EQ(talk.owned(), false);
        EXPECT_TRUE(talk.take(changed("org.example.Other", ":1.7", big)));
        EXPECT_EQ(talk.owned(), false);
        EXPECT_TRUE(talk.take(changed("org.example.Web", ":1.7", big)));
        EXPECT_EQ(talk.owned(), true);
        EXPECT_TRUE(talk.take(changed("org.example.Web", "", big)));
        EXPECT_EQ(talk.owned(), false);
    }
}

TEST(BusName, PiecesOfAnySize) {
    const std::string all =
        accepted + message('\2', get_owner, {":1.7"}) + changed("org.example.Web", "");
    for (std::size_t size = 1; size < all.size(); ++size) {
        BusNameTalk talk("org.example.Web", 1000);
        for (std::size_t at = 0; at < all.size(); at += size) {
            ASSERT_TRUE(talk.take(all.substr(at, size)));
        }
        EXPECT_EQ(talk.owned(), false) << size;
    }
}

TEST(BusName, WhatCannotBeReadIsRefused) {
    BusNameTalk refused("org.example.Web", 0);
    EXPECT_FALSE(refused.take("REJECTED EXTERNAL\r\n"));
    EXPECT_EQ(refused.why(), "the bus refuses us");
    BusNameTalk no_match("org.example.Web", 0);
    EXPECT_FALSE(no_match.take(accepted + message('\3', 2, {"denied"})));
    EXPECT_EQ(no_match.why(), "the bus refuses to be asked");
    const std::string good = message('\2', get_owner, {":1.7"});
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const char byte : {'\0', '\x7f', '\xff'}) {
            std::string bad = good;
            bad[i] = byte;
            BusNameTalk talk("org.example.Web", 0);
            const bool read = talk.take(accepted + bad); // must not read beyond its end
            EXPECT_TRUE(read || !talk.why().empty());
        }
    }
}

} // namespace
} // namespace amphid
