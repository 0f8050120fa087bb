// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace amphid {

/// An IPv4 or IPv6 address in network order.
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};
    bool is_v6 = false;
    /// 0.0.0.0 or ::.
    bool is_any() const;
    friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

std::optional<IpAddress> parse_ip_address(std::string_view text);

/// An address of a service: "tcp:[HOST:]PORT", "udp:[HOST:]PORT", "unix:/path" or "unix:@name".
/// HOST is an address, an IPv6 one in brackets, or "localhost"; without one it is any address of
/// this host.
struct Endpoint {
    enum class Kind : std::uint8_t { tcp, udp, unix_socket };
    Kind kind = Kind::tcp;
    std::string host; // as written, without brackets
    std::uint16_t port = 0;
    std::string path; // of a unix socket; an abstract one begins with "@"
    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Returns the endpoint, or what is wrong with the text.
std::variant<Endpoint, std::string> parse_endpoint(std::string_view text);

/// As it would be written.
std::string text_of(const Endpoint& endpoint);

/// The addresses to connect to from this host, in order of preference.
std::vector<IpAddress> addresses_of(const Endpoint& endpoint);

/// An HTTP request and the expected status: "http://HOST[:PORT][/PATH]", and after a blank the
/// status, "204" or "4xx"; "2xx" where none is named.
struct HttpCheck {
    Endpoint server;
    std::string host; // for the Host: header, as written
    std::string path = "/";
    int status_low = 200;
    int status_high = 299;
    friend bool operator==(const HttpCheck&, const HttpCheck&) = default;
};

std::variant<HttpCheck, std::string> parse_http_check(std::string_view text);
std::string text_of(const HttpCheck& check);

} // namespace amphid
