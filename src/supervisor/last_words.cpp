// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/last_words.h"

#include "base/text.h"
#include "os/os_error.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

/// Without the line that lost its beginning.
std::string whole_lines(std::string text, bool cut) {
    const auto first_end = text.find('\n');
    if (cut && first_end != std::string::npos && first_end + 1 < text.size()) {
        text.erase(0, first_end + 1);
    }
    return text;
}

} // namespace

int LastWords::open_pipe() {
    if (!read_) {
        int ends[2];
        checked(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), "cannot make", "a pipe");
        read_ = Fd(ends[0]);
        const Fd narrow(ends[1]);
        const std::string path = concat("/proc/self/fd/", ends[1]);
        write_ = Fd(checked(::open(path.c_str(), O_RDWR | O_CLOEXEC), "cannot open", path));
    }
    return write_.get();
}

void LastWords::take_over(int pid, std::uint64_t inode) {
    const std::string path = concat("/proc/", pid, "/fd/2");
    Fd both(inode == 0 ? -1 : ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat st {};
    if (!both || ::fstat(both.get(), &st) < 0 || !S_ISFIFO(st.st_mode) || st.st_ino != inode) {
        return;
    }
    read_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    const std::string again = concat("/proc/self/fd/", both.get());
    write_ = read_ ? Fd(::open(again.c_str(), O_RDWR | O_CLOEXEC)) : Fd();
    if (!write_) {
        read_.reset();
    }
}

std::uint64_t LastWords::inode() const {
    struct stat st {};
    return read_ && ::fstat(read_.get(), &st) == 0 ? st.st_ino : 0;
}

void LastWords::begin_file(int fd) {
    file_ = fd;
    struct stat st {};
    const bool at_end = fd >= 0 && (::fcntl(fd, F_GETFL) & O_APPEND) != 0;
    file_begin_ = at_end && ::fstat(fd, &st) == 0 ? st.st_size : 0;
}

void LastWords::drain() {
    std::array<char, 4096> buffer;
    for (;;) {
        const ssize_t n = ::read(read_.get(), buffer.data(), buffer.size());
        if (n <= 0) {
            break;
        }
        text_.append(buffer.data(), static_cast<std::size_t>(n));
        if (forwarder_) {
            forwarder_->take({buffer.data(), static_cast<std::size_t>(n)});
        }
        // One byte more tells that something was cut off.
        if (text_.size() > most + 1) {
            text_.erase(0, text_.size() - most - 1);
        }
    }
}

std::string LastWords::text() {
    if (read_ && file_ < 0) {
        drain();
        const bool cut = text_.size() > most;
        return whole_lines(cut ? text_.substr(1) : text_, cut);
    }
    if (file_ < 0) {
        return {};
    }
    // The file's position is shared with the service: it is where the last word ended.
    const off_t end = ::lseek(file_, 0, SEEK_CUR);
    const off_t begin = std::max(file_begin_, end - static_cast<off_t>(most));
    const std::string path = concat("/proc/self/fd/", file_);
    const Fd reader(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!reader || end <= begin) {
        return {};
    }
    std::string out(static_cast<std::size_t>(end - begin), '\0');
    const ssize_t n = ::pread(reader.get(), out.data(), out.size(), begin);
    out.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
    return whole_lines(std::move(out), begin > file_begin_);
}

} // namespace amphid
