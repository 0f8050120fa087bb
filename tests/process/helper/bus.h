// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// A client of a message bus that does nothing but own a name.

#include "sockets.h"

#include <cstdint>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace amphid::test {

/// A string, or a number, at its own alignment.
inline void add_number(std::string& out, std::uint32_t value) {
    out.resize((out.size() + 3) / 4 * 4, '\0');
    for (int shift = 0; shift < 32; shift += 8)
        out += static_cast<char>(value >> shift & 0xff);
}
inline void add_string(std::string& out, const std::string& value) {
    add_number(out, static_cast<std::uint32_t>(value.size()));
    out += value + '\0';
}

/// A call of a method of the bus itself.
inline std::string bus_call(std::uint32_t serial, const std::string& method,
                            const std::string& signature, const std::string& body) {
    std::string fields;
    const auto add_field = [&](char code, char type, const std::string& value) {
        fields.resize((fields.size() + 7) / 8 * 8, '\0');
        fields += {code, '\1', type, '\0'};
        if (type == 'g')
            fields += static_cast<char>(value.size()) + value + '\0';
        else
            add_string(fields, value);
    };
    add_field(1, 'o', "/org/freedesktop/DBus");
    add_field(2, 's', "org.freedesktop.DBus");
    add_field(3, 's', method);
    add_field(6, 's', "org.freedesktop.DBus");
    if (!signature.empty())
        add_field(8, 'g', signature);
    std::string out{'l', '\1', '\0', '\1'};
    add_number(out, static_cast<std::uint32_t>(body.size()));
    add_number(out, serial);
    add_number(out, static_cast<std::uint32_t>(fields.size()));
    out += fields;
    out.resize((out.size() + 7) / 8 * 8, '\0');
    return out + body;
}

/// Owns the name on the bus at this path as long as the descriptor is open. Ends the process where
/// that is refused.
inline int own_name(const std::string& path, const std::string& name) {
    sockaddr_storage at{};
    const socklen_t length = socket_address(path, at);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&at), length) < 0)
        ::_exit(97);
    std::string who;
    for (const char digit : std::to_string(::geteuid()))
        who += std::string("3") + digit; // in hexadecimal
    std::string request;
    add_string(request, name);
    constexpr std::uint32_t do_not_queue = 4;
    add_number(request, do_not_queue);
    write_all(fd, std::string(1, '\0') + "AUTH EXTERNAL " + who + "\r\nBEGIN\r\n" +
                      bus_call(1, "Hello", "", "") + bus_call(2, "RequestName", "su", request));
    return fd;
}

} // namespace amphid::test
