// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/clock.h"
#include "os/fd.h"
#include "supervisor/probes/probe_set.h"

#include <cstdint>
#include <gtest/gtest.h>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace amphid {

/// A service that is this very process, or nobody.
class FakeSubject final : public Subject {
public:
    std::vector<int> members() const override {
        return there ? std::vector<int>{::getpid()} : std::vector<int>();
    }
    uid_t uid() const override { return ::getuid(); }
    std::vector<std::uint64_t> cgroups() const override { return {}; }
    Spawned run(const Command&) override { return {0, ExecStage::none, ENOSYS}; }

    bool there = true;
};

/// Looks until `done` holds; false after ten seconds.
template <class Done>
bool look_until(ProbeSet& set, Done&& done) {
    for (int i = 0; i < 1000 && !done(); ++i) {
        pollfd fd{set.fd(), POLLIN, 0};
        ::poll(&fd, 1, 10);
        set.look(monotonic_now());
    }
    return done();
}

inline std::uint16_t bind_to_any_port(const Fd& fd) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    return ntohs(address.sin_port);
}

/// A TCP socket of ours on a port of the loopback that was free.
inline Fd tcp_socket(std::uint16_t& port) {
    Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    port = bind_to_any_port(fd);
    return fd;
}

inline Endpoint tcp_at(std::uint16_t port) {
    Endpoint out;
    out.host = "127.0.0.1";
    out.port = port;
    return out;
}

} // namespace amphid
