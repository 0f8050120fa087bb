// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/endpoint.h"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace amphid {

/// A server socket: listening, or bound for kinds that do not listen.
struct Listener {
    std::uint64_t inode = 0;
    std::optional<uid_t> uid;            // of its creator, if the kernel tells
    std::optional<std::uint64_t> cgroup; // of its creator, see cgroup_ids()
    friend bool operator==(const Listener&, const Listener&) = default;
};

/// The sockets at this endpoint, in our network namespace: from sock_diag(7), or if that is
/// unavailable from /proc/net.
std::vector<Listener> find_listeners(const Endpoint& endpoint);

/// True if this process holds that socket; nullopt if we may not look (ptrace(2)'s rule for
/// /proc/PID/fd).
std::optional<bool> holds_socket(int pid, std::uint64_t inode);

/// Any process that holds the socket, as "PID 12 (nginx)"; empty if none is found.
std::string name_holder(std::uint64_t inode);

} // namespace amphid
