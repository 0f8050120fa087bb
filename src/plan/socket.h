// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/exec_values.h"
#include "plan/socket_address.h"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace amphid {

/// The kinds of sockets of systemd.socket(5); a fifo is no socket, but is passed like one.
enum class SocketType : std::uint8_t { stream, datagram, sequential_packet, fifo };
constexpr auto enum_names(SocketType) {
    return names_up_to<SocketType::fifo>("stream", "datagram", "sequential-packet", "fifo");
}

/// bind-ipv6-only: whether an IPv6 socket takes IPv4 connections as well; by_default: as
/// /proc/sys/net/ipv6/bindv6only says.
enum class BindIpv6Only : std::uint8_t { by_default, both, ipv6_only };
constexpr auto enum_names(BindIpv6Only) {
    return names_up_to<BindIpv6Only::ipv6_only>("default", "both", "ipv6-only");
}

/// What the addresses of one [[socket]] have in common.
struct SocketSettings {
    std::string name; // in LISTEN_FDNAMES
    unsigned backlog = ~0U;
    mode_t mode = 0666;
    mode_t directory_mode = 0755;
    Account user;
    Account group;
    bool reuse_port = false;
    BindIpv6Only bind_ipv6_only = BindIpv6Only::by_default;
    bool free_bind = false;
    bool transparent = false;
    bool no_delay = false;
    bool keep_alive = false;
    std::optional<int> ip_tos;
    std::uint64_t receive_buffer = 0; // 0: the kernel's default
    std::uint64_t send_buffer = 0;
    bool pass_credentials = false;
    bool remove_on_stop = false;
    std::vector<std::string> symlinks;
};

/// A socket that the launcher holds for the service, or a fifo with its path in the address.
struct Socket {
    SocketType type = SocketType::stream;
    SocketAddress address;
    SocketSettings settings;
};

/// "[::]:80": the address in messages.
std::string place_of(const Socket& socket);

/// The path in the file system, if it has one.
inline std::string path_of(const Socket& socket) {
    return socket.address.path.starts_with('/') ? socket.address.path : std::string();
}

} // namespace amphid
