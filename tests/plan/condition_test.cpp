// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/condition.h"

#include "base/text.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

TEST(Endpoint, ReadsBackAsWritten) {
    for (const char* text : {"tcp:8080", "tcp:127.0.0.1:80", "tcp:localhost:80", "tcp:[::1]:65535",
                             "udp:53", "udp:[fe80::1]:53", "unix:/run/x.sock", "unix:@abstract"}) {
        const auto parsed = parse_endpoint(text);
        const auto* endpoint = std::get_if<Endpoint>(&parsed);
        ASSERT_NE(endpoint, nullptr) << text << ": " << std::get<std::string>(parsed);
        EXPECT_EQ(text_of(*endpoint), text);
    }
}

TEST(Endpoint, RefusesWithAReason) {
    for (const char* text :
         {"", "8080", "tcp:", "tcp:0", "tcp:65536", "tcp:-1", "tcp:x", "tcp:host.example:80",
          "tcp:::1:80", "tcp:[127.0.0.1]:80", "tcp:[::1]", "tcp:127.0.0.1", "sctp:80",
          "unix:", "unix:relative", "unix:/", "TCP:80", "tcp:80 "}) {
        const auto parsed = parse_endpoint(text);
        const auto* why = std::get_if<std::string>(&parsed);
        ASSERT_NE(why, nullptr) << text;
        EXPECT_FALSE(why->empty()) << text;
    }
    EXPECT_TRUE(std::holds_alternative<std::string>(
        parse_endpoint(concat("unix:/", std::string(107, 'x')))));
}

TEST(Endpoint, ConnectsToTheLoopbackWhereNoHostIsNamed) {
    for (const char* text : {"tcp:80", "tcp:localhost:80"}) {
        const auto addresses = addresses_of(std::get<Endpoint>(parse_endpoint(text)));
        ASSERT_EQ(addresses.size(), 2U);
        EXPECT_EQ(addresses[0], parse_ip_address("127.0.0.1"));
        EXPECT_EQ(addresses[1], parse_ip_address("::1"));
    }
}

TEST(HttpCheck, ReadsBackAsWritten) {
    for (const char* text : {"http://127.0.0.1:8080/", "http://localhost/health?x=1",
                             "http://[::1]:80/x 204", "http://127.0.0.1/ 4xx"}) {
        const auto parsed = parse_http_check(text);
        const auto* check = std::get_if<HttpCheck>(&parsed);
        ASSERT_NE(check, nullptr) << text << ": " << std::get<std::string>(parsed);
        EXPECT_EQ(text_of(*check), text);
    }
    const auto check = std::get<HttpCheck>(parse_http_check("http://127.0.0.1"));
    EXPECT_EQ(check.server.port, 80);
    EXPECT_EQ(check.path, "/");
    EXPECT_EQ(check.status_low, 200);
    EXPECT_EQ(check.status_high, 299);
}

TEST(HttpCheck, RefusesWithAReason) {
    for (const char* text :
         {"", "https://127.0.0.1/", "127.0.0.1/", "http://", "http:///x", "http://:80/",
          "http://example.org/", "http://127.0.0.1:0/", "http://127.0.0.1/ 20",
          "http://127.0.0.1/ 700", "http://127.0.0.1/ ", "http://127.0.0.1/ 2xx 3xx"}) {
        EXPECT_TRUE(std::holds_alternative<std::string>(parse_http_check(text))) << text;
    }
}

TEST(Verdict, AllOrAny) {
    const std::vector<Finding> half{{"file /a", true, ""},
                                    {"listen tcp:1", false, "nothing listens"}};
    EXPECT_FALSE(is_satisfied(Match::all, half));
    EXPECT_TRUE(is_satisfied(Match::any, half));
    EXPECT_TRUE(is_satisfied(Match::all, {}));
    EXPECT_TRUE(is_satisfied(Match::any, {}));
    EXPECT_EQ(list_unmet(Match::all, half), "listen tcp:1 (nothing listens)");
    EXPECT_EQ(list_unmet(Match::any, half), "");
    EXPECT_EQ(list_met(half), "file /a");
    const std::vector<Finding> none{{"fd 3", false, ""}, {"delay-sec 5s", false, "not yet"}};
    EXPECT_EQ(list_unmet(Match::any, none), "fd 3 or delay-sec 5s (not yet)");
    EXPECT_EQ(list_unmet(Match::all, none), "fd 3, delay-sec 5s (not yet)");
}

} // namespace
} // namespace amphid
