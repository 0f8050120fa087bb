// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// A service that writes numbered lines as fast as they are taken, and books which of them it was
// told are written: its process may be killed at any moment, the book stays.

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace amphid::test {

/// A file that is mapped by whoever writes and whoever checks.
struct Book {
    static constexpr std::size_t most_runs = 8192;

    std::atomic<std::uint64_t> runs;
    std::atomic<std::uint64_t> bytes;                       // of all runs
    std::atomic<std::uint64_t> done;                        // there is no more to come
    std::array<std::atomic<std::uint64_t>, most_runs> last; // the last line of each run
};

inline Book* open_book(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || ::ftruncate(fd, sizeof(Book)) < 0)
        return nullptr;
    void* const pages = ::mmap(nullptr, sizeof(Book), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    return pages == MAP_FAILED ? nullptr : static_cast<Book*>(pages);
}

/// "R000001 N000000000001 ..." and its end: all lines have this length, so that a torn one shows.
constexpr std::size_t numbered_line = 100;

inline void put_numbered_line(char* to, unsigned run, std::uint64_t number) {
    char text[numbered_line + 1];
    std::snprintf(text, sizeof text, "R%06u N%012llu %077u\n", run,
                  static_cast<unsigned long long>(number), run);
    std::char_traits<char>::copy(to, text, numbered_line);
}

/// Until all runs together have written that many bytes.
inline void tell(const std::string& path, std::uint64_t most) {
    Book* const book = open_book(path);
    if (book == nullptr)
        ::_exit(93);
    const auto run = static_cast<unsigned>(book->runs++);
    constexpr std::size_t lines = 640; // a little less than 64 KiB
    std::array<char, lines * numbered_line> block;
    for (std::size_t i = 0; i < lines; ++i)
        put_numbered_line(block.data() + i * numbered_line, run, i);
    for (std::uint64_t number = 1; book->bytes < most; number += lines) {
        for (std::size_t i = 0; i < lines; ++i) {
            std::uint64_t left = number + i;
            for (std::size_t digit = 20; digit >= 9; --digit) {
                block[i * numbered_line + digit] = static_cast<char>('0' + left % 10);
                left /= 10;
            }
        }
        for (std::size_t put = 0; put < block.size();) {
            const ssize_t n = ::write(1, block.data() + put, block.size() - put);
            if (n <= 0)
                ::_exit(92);
            put += static_cast<std::size_t>(n);
            book->last.at(run) = number - 1 + put / numbered_line;
        }
        book->bytes += block.size();
    }
    book->done = 1;
}

} // namespace amphid::test
