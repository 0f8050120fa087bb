// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/endpoint.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace amphid {

/// An address to listen on, written as in systemd.socket(5): "PORT" for any address of this host,
/// "IPV4:PORT", "[IPV6]:PORT", also with "%INTERFACE", "/path" or "@abstract".
struct SocketAddress {
    /// any_host: IPv6, and IPv4 as well, if the kernel has both.
    enum class Kind : std::uint8_t { any_host, ip, unix_socket };
    Kind kind = Kind::any_host;
    IpAddress ip;
    std::uint16_t port = 0;
    std::string scope; // the name or number of an interface; empty: none
    std::string path;  // of a unix socket; an abstract one begins with "@"
    friend bool operator==(const SocketAddress&, const SocketAddress&) = default;
};

/// Returns the address, or what is wrong with the text.
std::variant<SocketAddress, std::string> parse_socket_address(std::string_view text);

/// As it would be written.
std::string text_of(const SocketAddress& address);

} // namespace amphid
