// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/last_words.h"

#include "base/text.h"
#include "os/fd.h"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

/// Without a truncated first line.
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

void LastWords::take(std::string_view text) {
    // One extra byte shows that something was cut off.
    text_ += text.substr(text.size() - std::min(text.size(), most + 1));
    if (text_.size() > most + 1) {
        text_.erase(0, text_.size() - most - 1);
    }
}

std::string LastWords::text() const {
    if (file_ >= 0) {
        return end_of_file();
    }
    const bool cut = text_.size() > most;
    // If the cut is at a line end, the first remaining line is complete.
    const bool cut_a_line = cut && text_.front() != '\n';
    return whole_lines(cut ? text_.substr(1) : text_, cut_a_line);
}

std::string LastWords::end_of_file() const {
    // The file position is shared with the service: it is the end of its output.
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
