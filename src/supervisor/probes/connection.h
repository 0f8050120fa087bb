// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/connect.h"

#include <string>

namespace amphid {

/// A connection in the making: tries the addresses of an endpoint one after the other.
class Connection {
public:
    explicit Connection(Endpoint to) : to_(std::move(to)) {}

    /// Goes on: 0 connected, EINPROGRESS not yet, else the errno of the last address; the next call
    /// begins again with the first.
    int advance();

    void close();
    const Fd& socket() const { return socket_; }

private:
    Endpoint to_;
    std::size_t address_ = 0;
    Fd socket_;
};

} // namespace amphid
