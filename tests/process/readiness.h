// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// A service that says nothing of its readiness itself.

#include "fixture.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace amphid::test {

class ReadinessTest : public ProcessTest {
protected:
    /// A port of the loopback that was free a moment ago.
    static std::string free_port() {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&at), size), 0);
        EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size), 0);
        ::close(fd);
        return std::to_string(ntohs(at.sin_port));
    }

    /// Starts it and expects it to wait for `awaited`; then makes the file `go` and expects it to
    /// become ready.
    void expect_ready_after_go(const std::string& awaited) {
        Program& command = spawn_amphid({"start", config()});
        ASSERT_TRUE(await("waiting for " + awaited,
                          [&] { return state("waiting-for").find(awaited) != std::string::npos; }));
        EXPECT_EQ(state("state"), "start");
        EXPECT_FALSE(command.status);
        write("go", "");
        EXPECT_EQ(finish(command).code, 0) << command.error;
        EXPECT_EQ(state("state"), "running");
        EXPECT_EQ(state("waiting-for"), "");
        EXPECT_NE(state("met").find(awaited), std::string::npos) << state("met");
        stopped();
    }

    std::string exec(const Words& steps) { return service("exec", steps); }
};

} // namespace amphid::test
