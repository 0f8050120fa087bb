// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/connect.h"

#include <string>

namespace amphid {

/// A pending connection: tries the addresses of an endpoint one after the other.
class Connection {
public:
    explicit Connection(Endpoint to) : to_(std::move(to)) {}

    /// Continues: 0 if connected, EINPROGRESS if not yet, otherwise the errno of the last address;
    /// the next call starts over with the first.
    int advance();

    void close();
    const Fd& socket() const { return socket_; }

private:
    Endpoint to_;
    std::size_t address_ = 0;
    Fd socket_;
};

} // namespace amphid
