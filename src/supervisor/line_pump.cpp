// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/line_pump.h"

#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"

#include <array>
#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>

namespace amphid {

void cut_lines(std::string_view text, std::string& rest, const LinePump::Hear& hear) {
    constexpr std::size_t most = 4096;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view part = text.substr(0, end);
        rest.append(part.substr(0, most - std::min(most, rest.size())));
        if (end == std::string_view::npos) {
            return;
        }
        hear(rest);
        rest.clear();
        text.remove_prefix(end + 1);
    }
}

int LinePump::open() {
    if (!pipe_) {
        pipe_.open();
        watch_pipe();
    }
    return pipe_.open();
}

void LinePump::watch_pipe() {
    epoll_ = Fd(checked(::epoll_create1(EPOLL_CLOEXEC), "cannot make", "an event loop"));
    epoll_event event{};
    event.events = EPOLLIN;
    checked(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, pipe_.fd(), &event), "cannot watch", "a pipe");
}

bool LinePump::take_over(int pid, int number, std::uint64_t inode) {
    if (!pipe_.take_over(pid, number, inode)) {
        return false;
    }
    watch_pipe();
    return true;
}

/// A pipe that polls as writable takes PIPE_BUF without blocking (pipe(7)).
bool LinePump::has_room() const {
    pollfd room{target_.get(), POLLOUT, 0};
    return !target_ || ::poll(&room, 1, 0) != 0;
}

void LinePump::wait_for_room(bool wait) {
    if (wait == waits_for_room_) {
        return;
    }
    epoll_event event{};
    event.events = wait ? std::uint32_t{0} : std::uint32_t{EPOLLIN};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, pipe_.fd(), &event);
    event.events = EPOLLOUT;
    ::epoll_ctl(epoll_.get(), wait ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, target_.get(), &event);
    waits_for_room_ = wait;
}

void LinePump::aim(Fd target) {
    wait_for_room(false);
    target_ = std::move(target);
}

void LinePump::drain(const Hear& hear) {
    std::array<char, PIPE_BUF> buffer;
    while (has_room()) {
        wait_for_room(false);
        const ssize_t n = ::read(pipe_.fd(), buffer.data(), buffer.size());
        if (n <= 0) {
            return;
        }
        const std::string_view text(buffer.data(), static_cast<std::size_t>(n));
        if (target_) {
            write_all(target_.get(), text);
        }
        cut_lines(text, line_, hear);
    }
    wait_for_room(true);
}

} // namespace amphid
