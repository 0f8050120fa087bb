// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <cstddef>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>

namespace amphid {

/// An address of unix(7) with the length that belongs to it: that of an abstract one ends with its
/// last character, since every byte up to the length is part of the name.
struct UnixAddress {
    sockaddr_un address{};
    socklen_t length = 0;

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

/// The longest name that fits: a path with the NUL behind it.
inline constexpr std::size_t longest_unix_path = sizeof(sockaddr_un::sun_path) - 1;

/// Makes the address of "/path" or "@abstract"; a name that is too long is cut off.
inline UnixAddress unix_address(std::string_view name) {
    UnixAddress out;
    out.address.sun_family = AF_UNIX;
    const bool abstract = name.starts_with('@');
    const std::size_t size = name.copy(out.address.sun_path, longest_unix_path);
    if (abstract) {
        out.address.sun_path[0] = '\0';
    }
    out.length =
        static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size + (abstract ? 0 : 1));
    return out;
}

} // namespace amphid
