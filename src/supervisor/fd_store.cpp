// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/fd_store.h"

#include "os/os_error.h"

#include <algorithm>
#include <array>
#include <linux/kcmp.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace amphid {

bool is_same_descriptor(int a, int b) {
    const pid_t self = ::getpid();
    const long r = ::syscall(SYS_kcmp, self, self, KCMP_FILE, a, b);
    if (r >= 0) {
        return r == 0;
    }
    struct stat first {};
    struct stat second {};
    return ::fstat(a, &first) == 0 && ::fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino && first.st_mode == second.st_mode;
}

std::size_t FdStore::add(std::vector<Fd> descriptors, const std::string& name, bool poll) {
    std::size_t refused = 0;
    for (Fd& fd : descriptors) {
        const bool known =
            std::any_of(kept_.begin(), kept_.end(), [&fd](const StoredDescriptor& stored) {
                return is_same_descriptor(stored.fd.get(), fd.get());
            });
        if (known) {
            continue;
        }
        if (kept_.size() >= most_) {
            ++refused;
            continue;
        }
        kept_.push_back({std::move(fd), name, false, ++last_id_});
        if (poll) {
            watch(kept_.back());
        }
    }
    return refused;
}

void FdStore::watch(StoredDescriptor& stored) {
    if (!epoll_) {
        epoll_ = Fd(checked(::epoll_create1(EPOLL_CLOEXEC), "cannot make", "an event loop"));
    }
    epoll_event event{};
    event.events = 0; // hang-up and error come anyway
    event.data.u64 = stored.id;
    // A file of a disk cannot hang up, and cannot be watched.
    stored.watched = ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, stored.fd.get(), &event) == 0;
}

void FdStore::remove(const std::string& name) {
    for (auto stored = kept_.begin(); stored != kept_.end();) {
        if (stored->name != name) {
            ++stored;
            continue;
        }
        if (stored->watched) {
            // The service's own copy keeps the description alive: closing ours would not end this.
            ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, stored->fd.get(), nullptr);
        }
        stored = kept_.erase(stored);
    }
}

void FdStore::clear() {
    kept_.clear();
    epoll_.reset();
}

void FdStore::forget_hung_up() {
    std::array<epoll_event, 16> events{};
    constexpr int most = events.size();
    for (int n = most; n == most;) { // each is told once: no more turns than descriptors
        n = epoll_ ? ::epoll_wait(epoll_.get(), events.data(), most, 0) : 0;
        for (int i = 0; i < n; ++i) {
            forget(events[static_cast<std::size_t>(i)].data.u64);
        }
    }
}

void FdStore::forget(std::uint64_t id) {
    const auto stored = std::find_if(kept_.begin(), kept_.end(),
                                     [id](const StoredDescriptor& s) { return s.id == id; });
    if (stored != kept_.end()) {
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, stored->fd.get(), nullptr);
        kept_.erase(stored);
    }
}

} // namespace amphid
