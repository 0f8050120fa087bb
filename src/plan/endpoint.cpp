// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/endpoint.h"

#include "base/text.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstdint>

namespace amphid {

namespace {

constexpr std::string_view localhost = "localhost";
constexpr std::size_t most_path = 107; // sun_path of unix(7) without its NUL

bool is_host(const std::string& host, bool bracketed) {
    const auto address = parse_ip_address(host);
    return bracketed ? address && address->is_v6
                     : host == localhost || (address && !address->is_v6);
}

/// Parses "[HOST:]PORT" into the endpoint; returns what is wrong, or nothing.
std::optional<std::string> read_host_and_port(std::string_view text, Endpoint& out) {
    std::string_view port = text;
    const bool bracketed = text.starts_with('[');
    const auto colon = bracketed ? text.find("]:") : text.rfind(':');
    if (colon != std::string_view::npos) {
        out.host = std::string(text.substr(bracketed ? 1 : 0, colon - (bracketed ? 1 : 0)));
        port = text.substr(colon + (bracketed ? 2 : 1));
        if (!is_host(out.host, bracketed)) {
            return concat("'", out.host,
                          "' is not an address: expected an IPv4 address, an IPv6 address in "
                          "brackets or localhost");
        }
    }
    const auto number = parse_number<std::uint16_t>(port);
    if (!number || *number == 0) {
        return concat("expected a port from 1 to 65535, got '", port, '\'');
    }
    out.port = *number;
    return std::nullopt;
}

std::optional<std::string> read_path(std::string_view text, Endpoint& out) {
    const bool named = text.size() > 1 && (text.front() == '/' || text.front() == '@');
    if (!named) {
        return concat("expected unix:/path or unix:@name, got 'unix:", text, '\'');
    }
    if (text.size() > most_path) {
        return concat("the path of a socket has at most ", most_path, " bytes");
    }
    out.path = std::string(text);
    return std::nullopt;
}

std::string host_and_port(const Endpoint& endpoint) {
    const bool v6 = endpoint.host.find(':') != std::string::npos;
    return concat(v6 ? "[" : "", endpoint.host, v6 ? "]" : "", endpoint.host.empty() ? "" : ":",
                  endpoint.port);
}

/// Parses "204" or "4xx" into the range of a check.
bool read_status(std::string_view text, HttpCheck& out) {
    if (text.size() != 3 || text[0] < '1' || text[0] > '5') {
        return false;
    }
    if (text.substr(1) == "xx") {
        out.status_low = (text[0] - '0') * 100;
        out.status_high = out.status_low + 99;
        return true;
    }
    const auto number = parse_number<int>(text);
    out.status_low = out.status_high = number.value_or(0);
    return number.has_value();
}

} // namespace

bool IpAddress::is_any() const {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}

std::optional<IpAddress> parse_ip_address(std::string_view text) {
    const std::string copy(text);
    IpAddress out;
    if (::inet_pton(AF_INET, copy.c_str(), out.bytes.data()) == 1) {
        return out;
    }
    out.is_v6 = true;
    return ::inet_pton(AF_INET6, copy.c_str(), out.bytes.data()) == 1 ? std::optional(out)
                                                                      : std::nullopt;
}

std::variant<Endpoint, std::string> parse_endpoint(std::string_view text) {
    constexpr std::pair<std::string_view, Endpoint::Kind> kinds[] = {
        {"tcp:", Endpoint::Kind::tcp},
        {"udp:", Endpoint::Kind::udp},
        {"unix:", Endpoint::Kind::unix_socket}};
    for (const auto& [prefix, kind] : kinds) {
        if (text.starts_with(prefix)) {
            Endpoint out;
            out.kind = kind;
            const std::string_view rest = text.substr(prefix.size());
            const auto wrong = kind == Endpoint::Kind::unix_socket ? read_path(rest, out)
                                                                   : read_host_and_port(rest, out);
            return wrong ? std::variant<Endpoint, std::string>(*wrong) : out;
        }
    }
    return concat("expected tcp:[HOST:]PORT, udp:[HOST:]PORT or unix:/path, got '", text, '\'');
}

std::string text_of(const Endpoint& endpoint) {
    switch (endpoint.kind) {
    case Endpoint::Kind::tcp:
        return concat("tcp:", host_and_port(endpoint));
    case Endpoint::Kind::udp:
        return concat("udp:", host_and_port(endpoint));
    case Endpoint::Kind::unix_socket:
        return concat("unix:", endpoint.path);
    }
    return {};
}

std::vector<IpAddress> addresses_of(const Endpoint& endpoint) {
    if (auto address = parse_ip_address(endpoint.host)) {
        return {*address};
    }
    return {*parse_ip_address("127.0.0.1"), *parse_ip_address("::1")};
}

std::variant<HttpCheck, std::string> parse_http_check(std::string_view text) {
    constexpr std::string_view scheme = "http://";
    if (!text.starts_with(scheme)) {
        return concat("expected http://HOST[:PORT][/PATH], optionally followed by a space and the "
                      "expected status, got '",
                      text, '\'');
    }
    HttpCheck out;
    text.remove_prefix(scheme.size());
    if (const auto blank = text.find(' '); blank != std::string_view::npos) {
        const std::string_view status = text.substr(blank + 1);
        if (!read_status(status, out)) {
            return concat("expected a status such as 204 or 4xx, got '", status, '\'');
        }
        text = text.substr(0, blank);
    }
    const auto slash = text.find('/');
    if (slash != std::string_view::npos) {
        out.path = std::string(text.substr(slash));
    }
    out.host = std::string(text.substr(0, slash));
    const bool has_port = out.host.ends_with(']') ? false : out.host.find(':') != std::string::npos;
    const std::string place = has_port ? out.host : concat(out.host, ":80");
    if (out.host.empty() || place.front() == ':') {
        return std::string("the address of the server is missing");
    }
    if (auto wrong = read_host_and_port(place, out.server)) {
        return *wrong;
    }
    return out;
}

std::string text_of(const HttpCheck& check) {
    std::string out = concat("http://", check.host, check.path);
    if (check.status_high != check.status_low) {
        return check.status_low == 200 ? out : concat(out, ' ', check.status_low / 100, "xx");
    }
    return concat(out, ' ', check.status_low);
}

} // namespace amphid
