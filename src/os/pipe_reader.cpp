// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/pipe_reader.h"

#include "base/text.h"
#include "os/os_error.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <utility>

namespace amphid {

bool splice_is_silent(std::string_view release) {
    const auto parts = split(release, '.');
    const auto number = [&parts](std::size_t i) {
        const std::string_view part = i < parts.size() ? parts[i] : std::string_view();
        return parse_number<int>(part.substr(0, part.find_first_not_of("0123456789"))).value_or(0);
    };
    return number(0) < 6 || (number(0) == 6 && number(1) < 4);
}

bool splice_is_silent_here() {
    utsname host{};
    return ::uname(&host) < 0 || splice_is_silent(host.release);
}

PipeReader::PipeReader(int pipe) : pipe_(pipe) {
    int ends[2];
    checked(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), "cannot create", "a pipe");
    copy_out_ = Fd(ends[0]);
    copy_in_ = Fd(ends[1]);
}

std::string_view PipeReader::look() {
    int waiting = 0;
    if (::ioctl(pipe_, FIONREAD, &waiting) == 0 && waiting == 0) {
        return {}; // as for most services: it takes no memory
    }
    if (!std::exchange(is_large_, true)) {
        // Best effort: a smaller one shows less at a time.
        ::fcntl(copy_in_.get(), F_SETPIPE_SZ, 1 << 20);
    }
    const ssize_t copied = ::tee(pipe_, copy_in_.get(), most, SPLICE_F_NONBLOCK);
    std::size_t size = 0;
    char* const buffer = buffer_.get();
    while (copied > 0 && size < static_cast<std::size_t>(copied)) {
        const ssize_t n =
            ::read(copy_out_.get(), buffer + size, static_cast<std::size_t>(copied) - size);
        if (n <= 0) {
            break;
        }
        size += static_cast<std::size_t>(n);
    }
    return {buffer, size};
}

ssize_t PipeReader::move_to(int file, std::size_t count) {
    return ::splice(pipe_, nullptr, file, nullptr, count, SPLICE_F_NONBLOCK);
}

void PipeReader::drop(std::size_t count) {
    if (!null_) {
        null_ = Fd(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    }
    std::array<char, 16384> scratch;
    while (count > 0) {
        ssize_t n = move_to(null_.get(), count);
        if (n <= 0) {
            n = ::read(pipe_, scratch.data(), std::min(count, scratch.size()));
        }
        if (n <= 0) {
            return;
        }
        count -= static_cast<std::size_t>(n);
    }
}

} // namespace amphid
