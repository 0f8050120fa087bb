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

/// A socket that waits for somebody: listening where its kind knows that, else bound.
struct Listener {
    std::uint64_t inode = 0;
    std::optional<uid_t> uid;            // of whoever made it, where the kernel says so
    std::optional<std::uint64_t> cgroup; // its maker's, as cgroup_ids() counts them
    friend bool operator==(const Listener&, const Listener&) = default;
};

/// The sockets at this endpoint, in our network namespace: from sock_diag(7), or where that is not
/// to be had from /proc/net.
std::vector<Listener> find_listeners(const Endpoint& endpoint);

/// True where this process holds that socket; nothing where we may not look (ptrace(2)'s rule for
/// /proc/PID/fd).
std::optional<bool> holds_socket(int pid, std::uint64_t inode);

/// A process that holds the socket, whoever it belongs to, as "PID 12 (nginx)"; empty where none
/// is seen.
std::string name_holder(std::uint64_t inode);

} // namespace amphid
