// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// Whole-file reading and writing for the helper program and the fixture of the process tests.

#include <cstdio>
#include <fcntl.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

/// The contents of a file, or nothing when it cannot be opened or read.
inline std::optional<std::string> read_file(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return std::nullopt;
    std::string text;
    char part[8192];
    ssize_t got = 0;
    while ((got = ::read(fd, part, sizeof part)) > 0)
        text.append(part, static_cast<std::size_t>(got));
    ::close(fd);
    return got < 0 ? std::nullopt : std::optional(text);
}

/// Writes all of the text, in spite of short writes. False when the descriptor refuses.
inline bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t put = ::write(fd, text.data(), text.size());
        if (put <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
}

/// Writes a file so that a reader sees all of it or nothing: a temporary file, then a rename.
inline bool write_file(const std::string& path, std::string_view text, mode_t mode = 0644) {
    const std::string temporary = path + "." + std::to_string(::getpid()) + ".tmp";
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0)
        return false;
    const bool written = write_all(fd, text) && ::fchmod(fd, mode) == 0;
    ::close(fd);
    return written && std::rename(temporary.c_str(), path.c_str()) == 0;
}

/// Appends one line in a single write, so that lines of several processes never mix. A file that is
/// new appears with its first line, never empty.
inline bool append_line(const std::string& path, std::string_view text) {
    const std::string line = std::string(text) + "\n";
    int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0) {
        const std::string first = path + "." + std::to_string(::getpid()) + ".first";
        if (!write_file(first, line))
            return false;
        const bool created = ::link(first.c_str(), path.c_str()) == 0;
        ::unlink(first.c_str());
        if (created)
            return true;
        fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    }
    const bool written = fd >= 0 && write_all(fd, line);
    ::close(fd);
    return written;
}

inline bool exists(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

/// The folder that a path names a file of.
inline std::string parent_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

} // namespace amphid::test
