// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/socket_address.h"

#include <string>
#include <sys/socket.h>

namespace amphid {

/// An address as bind(2) takes it.
struct KernelAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;
    std::string place; // for messages, where it is not what the configuration says

    int family() const { return storage.ss_family; }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// Throws OsError if the interface does not exist.
KernelAddress kernel_address(const SocketAddress& address);

/// Whether both are the same; two paths of one file are not.
bool is_same_address(const KernelAddress& a, const KernelAddress& b);

} // namespace amphid
