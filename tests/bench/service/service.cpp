// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
//
// The service that every contender of the benchmark runs. It says READY=1 where somebody asked for
// it, writes down when its main() began, to the FIFO named by its first argument (or by
// BENCH_STAMPS: runsv gives its service no argument), and waits for the signal that ends it.
#include "../stamp.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

constexpr int exit_no_stamps = 111;

std::int64_t monotonic_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

bool write_stamp(const char* path, std::int64_t main_ns) {
    const int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    const amphid::Stamp stamp{main_ns, getpid(), getppid()};
    const bool written = write(fd, &stamp, sizeof stamp) == ssize_t{sizeof stamp};
    close(fd);
    return written;
}

void say_ready(const char* address) {
    sockaddr_un to{};
    const std::size_t length = std::strlen(address);
    if (length == 0 || length >= sizeof to.sun_path) {
        return;
    }
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, address, length);
    if (address[0] == '@') {
        to.sun_path[0] = '\0';
    }
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    sendto(fd, "READY=1", 7, MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&to), size);
    close(fd);
}

} // namespace

int main(int argc, char** argv) {
    const std::int64_t main_ns = monotonic_ns();
    const char* path = argc > 1 ? argv[1] : std::getenv("BENCH_STAMPS");
    if (const char* address = std::getenv("NOTIFY_SOCKET")) {
        say_ready(address);
    }
    if (path == nullptr || !write_stamp(path, main_ns)) {
        return exit_no_stamps;
    }
    pause();
    return 0;
}
