// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/last_words.h"

#include "base/text.h"

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

void LastWords::begin_file(int fd) {
    file_ = fd;
    struct stat st {};
    const bool at_end = fd >= 0 && (::fcntl(fd, F_GETFL) & O_APPEND) != 0;
    file_begin_ = at_end && ::fstat(fd, &st) == 0 ? st.st_size : 0;
}

void LastWords::drain() {
    std::array<char, 4096> buffer;
    for (;;) {
        const ssize_t n = ::read(pipe_.fd(), buffer.data(), buffer.size());
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
    if (pipe_ && file_ < 0) {
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
