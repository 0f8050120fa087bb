// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/probes/connection.h"

#include <cerrno>

namespace amphid {

int Connection::advance() {
    int error = ECONNREFUSED;
    for (;;) {
        if (!socket_) {
            socket_ = begin_connect(to_, address_);
            if (!socket_ && errno == ENOENT && address_ > 0) {
                break; // that was the last one
            }
            error = socket_ ? error : errno;
        }
        const int result = socket_ ? connect_result(socket_) : error;
        if (result == 0 || result == EINPROGRESS) {
            return result;
        }
        error = result;
        socket_.reset();
        ++address_;
    }
    address_ = 0;
    return error;
}

void Connection::close() {
    socket_.reset();
    address_ = 0;
}

} // namespace amphid
