// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/bus_connection.h"

#include "base/text.h"
#include "os/connect.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>

namespace amphid {

bool BusConnection::lost(std::string why) {
    close();
    why_ = std::move(why);
    return false;
}

void BusConnection::close() {
    socket_.reset();
    talk_.reset();
}

bool BusConnection::open(const OwnsName& condition) {
    why_ = concat("no bus at ", condition.address);
    for (const std::string& path : bus_sockets(condition.address)) {
        Endpoint endpoint;
        endpoint.kind = Endpoint::Kind::unix_socket;
        endpoint.path = path;
        socket_ = begin_connect(endpoint, 0);
        const int error = socket_ ? connect_result(socket_) : errno;
        if (error != 0) {
            lost(concat("connect to ", path, ": ", ::strerror(error)));
            continue;
        }
        talk_.emplace(condition.name, ::geteuid());
        const std::string words = talk_->words();
        // It is short: an empty socket takes it whole.
        const ssize_t sent = ::send(socket_.get(), words.data(), words.size(), MSG_NOSIGNAL);
        if (sent == static_cast<ssize_t>(words.size())) {
            return true;
        }
        lost(concat("write to ", path, ": ", ::strerror(sent < 0 ? errno : EMSGSIZE)));
    }
    return false;
}

bool BusConnection::advance(const OwnsName& condition) {
    if (!socket_ && !open(condition)) {
        return false;
    }
    constexpr int most_pieces = 16; // one turn's share
    std::array<char, 4096> buffer;  // NOLINT: filled by recv
    for (int i = 0; i < most_pieces; ++i) {
        const ssize_t n = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && errno == EAGAIN) {
            return true;
        }
        if (n <= 0) {
            return lost(n == 0 ? std::string("the bus has closed the connection")
                               : concat("read from the bus: ", ::strerror(errno)));
        }
        if (!talk_->take({buffer.data(), static_cast<std::size_t>(n)})) {
            return lost(talk_->why());
        }
    }
    return true;
}

} // namespace amphid
