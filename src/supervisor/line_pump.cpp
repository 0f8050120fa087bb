// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/line_pump.h"

#include "base/text.h"
#include "os/files.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits.h>
#include <poll.h>

namespace amphid {

namespace {
constexpr std::size_t share = std::size_t{64} * 1024; // of one turn
}

void LineCutter::cut(std::string_view text, const std::function<void(const Line&)>& hear) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view part = text.substr(0, std::min(end, longest - rest_.size()));
        rest_ += part;
        text.remove_prefix(part.size());
        if (!text.empty() && text.front() == '\n') {
            hear({rest_, begins_, true});
            rest_.clear();
            begins_ = true;
            text.remove_prefix(1);
        } else if (rest_.size() == longest) {
            hear({rest_, begins_, false});
            rest_.erase(0, longest / 2);
            begins_ = false;
        }
    }
}

LinePump::LinePump(Loop& loop, std::function<void(const Line&)> hear)
    : hear_(std::move(hear)), text_(loop, Turn::output, [this] { drain(share); }),
      room_(loop, Turn::output, [this] { drain(share); }) {}

int LinePump::open() {
    return pipe_.open();
}

bool LinePump::take_over(int pid, int number, std::uint64_t inode) {
    return pipe_.take_over(pid, number, inode);
}

/// A pipe that polls as writable accepts PIPE_BUF bytes without blocking (pipe(7)).
bool LinePump::has_room() const {
    pollfd room{target_.get(), POLLOUT, 0};
    return !target_ || ::poll(&room, 1, 0) != 0;
}

void LinePump::aim(Fd target) {
    room_.off();
    target_ = std::move(target);
}

void LinePump::begin() {
    if (pipe_ && room_.is_off()) {
        text_.on(pipe_.fd());
    }
}

void LinePump::drain(std::size_t budget) {
    std::array<char, PIPE_BUF> buffer;
    for (std::size_t done = 0; done < budget;) {
        if (!has_room()) {
            text_.off();
            room_.on(target_.get(), EPOLLOUT);
            return;
        }
        const ssize_t n = ::read(pipe_.fd(), buffer.data(), buffer.size());
        if (n <= 0) {
            break;
        }
        const std::string_view text(buffer.data(), static_cast<std::size_t>(n));
        done += text.size();
        if (target_) {
            write_all(target_.get(), text);
        }
        lines_.cut(text, hear_);
    }
    room_.off();
    text_.on(pipe_.fd());
}

} // namespace amphid
