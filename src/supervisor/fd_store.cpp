// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/fd_store.h"

#include "os/os_error.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace amphid {

int compare_descriptors(int a, int b) {
    const pid_t self = ::getpid();
    constexpr int less = 1;
    const long r = ::syscall(SYS_kcmp, self, self, KCMP_FILE, a, b);
    if (r >= 0) {
        return r == 0 ? 0 : r == less ? -1 : 1;
    }
    const auto identity = [](int fd) {
        struct statx about {};
        // Without waiting for the server of a file.
        ::statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &about);
        return std::array<std::uint64_t, 4>{about.stx_dev_major, about.stx_dev_minor, about.stx_ino,
                                            about.stx_mode};
    };
    const auto first = identity(a);
    const auto second = identity(b);
    return first == second ? 0 : first < second ? -1 : 1;
}

std::vector<int>::iterator FdStore::place_of(int fd) {
    return std::lower_bound(order_.begin(), order_.end(), fd,
                            [this](int known, int sought) { return compare_(known, sought) < 0; });
}

std::size_t FdStore::add(std::vector<Fd> descriptors, const std::string& name, bool poll) {
    std::size_t refused = 0;
    std::vector<Fd> useless;
    for (Fd& fd : descriptors) {
        const auto place = place_of(fd.get());
        const bool known = place != order_.end() && compare_(*place, fd.get()) == 0;
        if (known || kept_.size() >= most_) {
            refused += known ? 0 : 1;
            useless.push_back(std::move(fd));
            continue;
        }
        order_.insert(place, fd.get());
        kept_.push_back({std::move(fd), name, false, ++last_id_});
        if (poll) {
            watch(kept_.back());
        }
    }
    closer_.take(std::move(useless));
    return refused;
}

void FdStore::watch(StoredDescriptor& stored) {
    if (!epoll_) {
        epoll_ = Fd(checked(::epoll_create1(EPOLL_CLOEXEC), "cannot create", "an event loop"));
    }
    epoll_event event{};
    event.events = 0; // hang-up and error are always reported
    event.data.u64 = stored.id;
    // A file cannot hang up, and polling one on FUSE asks its server.
    struct statx about {};
    ::statx(stored.fd.get(), "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &about);
    stored.watched = !S_ISREG(about.stx_mode) && !S_ISDIR(about.stx_mode) &&
                     ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, stored.fd.get(), &event) == 0;
}

void FdStore::remove(const std::string& name) {
    std::vector<Fd> removed;
    for (StoredDescriptor& stored : kept_) {
        if (stored.name == name) {
            removed.push_back(release(stored));
        }
    }
    std::erase_if(kept_, [](const StoredDescriptor& stored) { return !stored.fd; });
    closer_.take(std::move(removed));
}

Fd FdStore::release(StoredDescriptor& stored) {
    if (stored.watched) {
        // The service's copy keeps the file description alive: closing ours would not deregister
        // it.
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, stored.fd.get(), nullptr);
    }
    order_.erase(place_of(stored.fd.get()));
    return std::move(stored.fd);
}

void FdStore::clear() {
    std::vector<Fd> all;
    for (StoredDescriptor& stored : kept_) {
        all.push_back(std::move(stored.fd));
    }
    kept_.clear();
    order_.clear();
    epoll_.reset();
    closer_.take(std::move(all));
}

void FdStore::forget_hung_up() {
    std::array<epoll_event, 16> events{};
    constexpr int most = events.size();
    for (int n = most; n == most;) { // each is reported once: no more rounds than descriptors
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
        std::vector<Fd> gone;
        gone.push_back(release(*stored));
        kept_.erase(stored);
        closer_.take(std::move(gone));
    }
}

} // namespace amphid
