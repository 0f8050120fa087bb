// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// What a hard-working service does to its launcher.

#include "file.h"
#include "notify.h"

#include <string>
#include <string_view>
#include <sys/mman.h>

namespace amphid::test {

/// The same message again and again.
inline void notify_often(std::string_view text, long times) {
    for (long i = 0; i < times; ++i)
        notify(text);
}

/// Writes so many mebibytes of lines.
inline void write_mebibytes(int fd, long count) {
    std::string text;
    while (text.size() < std::size_t{1} << 20)
        text += "one of very many lines of 32 B.\n";
    for (long i = 0; i < count && write_all(fd, text); ++i) {
    }
}

/// Writes lines for ever: short ones are the most work for whoever reads them.
inline void flood_lines(int fd) {
    std::string lines;
    for (int line = 0; line < 4096; ++line)
        lines += "y\n";
    while (write_all(fd, lines)) {
    }
}

/// Standard input becomes standard output, as with cat(1).
inline void copy_input() {
    char part[4096];
    for (ssize_t n = 0; (n = ::read(0, part, sizeof part)) > 0;)
        write_all(1, {part, static_cast<std::size_t>(n)});
}

/// Stores so many descriptors, no two of the same file.
inline void store_many(long count) {
    for (long i = 0; i < count; ++i) {
        const int fd = ::memfd_create("stored", MFD_CLOEXEC);
        notify("FDSTORE=1\nFDNAME=one-of-many", fd);
        ::close(fd);
    }
}

} // namespace amphid::test
