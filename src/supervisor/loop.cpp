// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/loop.h"

#include "os/os_error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

namespace amphid {

int Loop::fd() {
    if (!epoll_) {
        epoll_ = Fd(checked(::epoll_create1(EPOLL_CLOEXEC), "cannot create", "the event loop"));
    }
    return epoll_.get();
}

void Loop::run_once(const std::function<bool()>& after_turn) {
    std::array<epoll_event, 16> events{};
    const int n = ::epoll_wait(fd(), events.data(), static_cast<int>(events.size()), -1);
    ready_.clear();
    for (int i = 0; i < n; ++i) {
        ready_.push_back(static_cast<EventSource*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
    std::stable_sort(ready_.begin(), ready_.end(), [](const EventSource* a, const EventSource* b) {
        return a->turn_ < b->turn_;
    });
    // By index: a turn may remove sources, even its own.
    for (std::size_t i = 0; i < ready_.size(); ++i) {
        if (ready_[i] == nullptr) {
            continue;
        }
        const auto on_event = ready_[i]->on_event_; // it may be destroyed in its own turn
        on_event();
        if (!after_turn()) {
            break;
        }
    }
    ready_.clear();
}

void Loop::forget(const EventSource* watch) {
    std::replace(ready_.begin(), ready_.end(), const_cast<EventSource*>(watch),
                 static_cast<EventSource*>(nullptr));
}

void EventSource::on(int fd, std::uint32_t events) {
    if (fd == fd_) {
        return;
    }
    off();
    if (fd < 0) {
        return;
    }
    epoll_event event{};
    event.events = events;
    event.data.ptr = this;
    checked(::epoll_ctl(loop_.fd(), EPOLL_CTL_ADD, fd, &event), "cannot watch", "a descriptor");
    fd_ = fd;
}

void EventSource::off() {
    if (fd_ >= 0) {
        ::epoll_ctl(loop_.fd(), EPOLL_CTL_DEL, fd_, nullptr);
        fd_ = -1;
        loop_.forget(this);
    }
}

void Timer::set(TimeSpan moment) {
    timer_.set(moment);
    source_.on(timer_.fd());
}

void Timer::look() {
    if (timer_.take_elapsed()) { // otherwise it was set again in the meantime
        on_elapsed_();
    }
}

} // namespace amphid
