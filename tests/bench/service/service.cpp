// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
//
// The service that every contender of the benchmark runs. It says READY=1 where somebody asked for
// it, writes down when its main() began, to the FIFO named by its first argument (or by
// BENCH_STAMPS: runsv gives its service no argument), and waits for the signal that ends it. With
// BENCH_OUTPUT it writes that many MiB to standard output instead, writes down how long that took,
// and ends.
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
constexpr int exit_no_output = 112;

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

// Lines of a hundred bytes, written 64 KiB at a time, as many as were asked for; how long that
// took.
std::int64_t write_lines(long mebibytes) {
    static char block[65536];
    for (std::size_t i = 0; i < sizeof block; ++i) {
        block[i] = i % 100 == 99 ? '\n' : static_cast<char>('a' + i % 26);
    }
    block[sizeof block - 1] = '\n';
    const std::int64_t begin = monotonic_ns();
    for (long left = mebibytes * 16; left > 0; --left) {
        for (std::size_t done = 0; done < sizeof block;) {
            const ssize_t n = write(STDOUT_FILENO, block + done, sizeof block - done);
            if (n <= 0) {
                std::exit(exit_no_output);
            }
            done += static_cast<std::size_t>(n);
        }
    }
    return monotonic_ns() - begin;
}

} // namespace

int main(int argc, char** argv) {
    const std::int64_t main_ns = monotonic_ns();
    const char* path = argc > 1 ? argv[1] : std::getenv("BENCH_STAMPS");
    if (const char* output = std::getenv("BENCH_OUTPUT")) {
        return path != nullptr && write_stamp(path, write_lines(std::atol(output)))
                   ? 0
                   : exit_no_stamps;
    }
    if (const char* address = std::getenv("NOTIFY_SOCKET")) {
        say_ready(address);
    }
    if (path == nullptr || !write_stamp(path, main_ns)) {
        return exit_no_stamps;
    }
    pause();
    return 0;
}
