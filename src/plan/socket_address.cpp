// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/socket_address.h"

#include "base/text.h"
#include "plan/socket.h"

#include <arpa/inet.h>
#include <optional>

namespace amphid {

namespace {

constexpr std::size_t most_path = 107; // sun_path of unix(7) without its NUL

constexpr std::string_view forms = "a port, IPV4:PORT, [IPV6]:PORT, an absolute path or @abstract";

std::variant<SocketAddress, std::string> unix_address_of(std::string_view text) {
    if (text.size() == 1) {
        return concat("expected ", forms, ", got '", text, '\'');
    }
    if (text.size() > most_path) {
        return concat("the address of a unix socket has at most ", most_path, " bytes");
    }
    SocketAddress out;
    out.kind = SocketAddress::Kind::unix_socket;
    out.path = std::string(text);
    return out;
}

/// Splits "[HOST:]PORT[%SCOPE]"; the brackets stay with the host.
struct Parts {
    std::string_view host;
    std::string_view port;
    std::string_view scope;
    bool has_scope = false;
};

Parts split_address(std::string_view text) {
    Parts out;
    const auto bracket = text.rfind(']');
    const auto percent = text.find('%', bracket == std::string_view::npos ? 0 : bracket);
    if (percent != std::string_view::npos) {
        out.has_scope = true;
        out.scope = text.substr(percent + 1);
        text = text.substr(0, percent);
    }
    const auto colon = text.rfind(':');
    out.host = colon == std::string_view::npos ? "" : text.substr(0, colon);
    out.port = colon == std::string_view::npos ? text : text.substr(colon + 1);
    return out;
}

std::string host_text(const IpAddress& ip) {
    char text[INET6_ADDRSTRLEN];
    ::inet_ntop(ip.is_v6 ? AF_INET6 : AF_INET, ip.bytes.data(), text, sizeof text);
    return ip.is_v6 ? concat('[', text, ']') : std::string(text);
}

} // namespace

std::variant<SocketAddress, std::string> parse_socket_address(std::string_view text) {
    if (text.starts_with('/') || text.starts_with('@')) {
        return unix_address_of(text);
    }
    if (text.starts_with("vsock:")) {
        return concat("amphid does not listen on vsock addresses; expected ", forms);
    }
    const auto number = parse_number<std::uint16_t>(text);
    SocketAddress out;
    if (number && *number != 0) {
        out.port = *number;
        return out;
    }
    const Parts parts = split_address(text);
    std::string_view host = parts.host;
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    const auto ip = parse_ip_address(bracketed ? host.substr(1, host.size() - 2) : host);
    if (!ip || ip->is_v6 != bracketed || (parts.has_scope && (!bracketed || parts.scope.empty()))) {
        return concat("expected ", forms, ", got '", text, '\'');
    }
    const auto port = parse_number<std::uint16_t>(parts.port);
    if (!port || *port == 0) {
        return concat("expected a port from 1 to 65535, got '", parts.port, '\'');
    }
    out.kind = SocketAddress::Kind::ip;
    out.ip = *ip;
    out.port = *port;
    out.scope = std::string(parts.scope);
    return out;
}

std::string text_of(const SocketAddress& address) {
    switch (address.kind) {
    case SocketAddress::Kind::any_host:
        return concat(address.port);
    case SocketAddress::Kind::ip:
        return concat(host_text(address.ip), ':', address.port, address.scope.empty() ? "" : "%",
                      address.scope);
    case SocketAddress::Kind::unix_socket:
        return address.path;
    }
    return {};
}

std::string place_of(const Socket& socket) {
    const bool any = socket.address.kind == SocketAddress::Kind::any_host;
    return any ? concat("[::]:", socket.address.port) : text_of(socket.address);
}

} // namespace amphid
