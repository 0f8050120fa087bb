// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "supervisor/closer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace amphid {

/// A descriptor that the service stored for its next start (FDSTORE=1 of sd_notify(3)).
struct StoredDescriptor {
    Fd fd;
    std::string name;
    bool watched = false; // removed when it hangs up
    std::uint64_t id = 0;
};

/// Orders open file descriptions (kcmp(2)), or files if the kernel does not support that: negative,
/// 0 for the same one, positive.
int compare_descriptors(int a, int b);

/// Keeps descriptors across restarts, as systemd's store does.
class FdStore {
public:
    using Compare = int (*)(int, int);

    FdStore(unsigned most, Closer& closer, Compare compare = compare_descriptors)
        : most_(most), closer_(closer), compare_(compare) {}
    FdStore(const FdStore&) = delete;
    FdStore& operator=(const FdStore&) = delete;
    ~FdStore() { clear(); }

    /// Stores them under that name; duplicates are closed. Returns how many did not fit, which are
    /// closed, too. `poll`: remove them when they hang up.
    std::size_t add(std::vector<Fd> descriptors, const std::string& name, bool poll);
    void remove(const std::string& name);
    void clear();

    /// Becomes readable when one of them hangs up; -1 if none is watched.
    int fd() const { return epoll_.get(); }
    /// Removes those that have hung up.
    void forget_hung_up();

    const std::vector<StoredDescriptor>& kept() const { return kept_; }

private:
    void watch(StoredDescriptor& stored);
    void forget(std::uint64_t id);
    /// Removes its descriptor from everything but kept_.
    Fd release(StoredDescriptor& stored);

    /// Its position in the order, or where it would be inserted.
    std::vector<int>::iterator place_of(int fd);

    unsigned most_;
    Closer& closer_;
    Compare compare_;
    std::uint64_t last_id_ = 0;
    std::vector<StoredDescriptor> kept_;
    std::vector<int> order_; // their descriptors, sorted by compare_
    Fd epoll_;
};

} // namespace amphid
