// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/descriptors.h"

#include "base/text.h"
#include "os/spawn.h"

namespace amphid {

Descriptors::Descriptors(Loop& loop, const Plan& plan, std::vector<GivenDescriptor> given,
                         Closer& closer)
    : plan_(plan), given_(std::move(given)), store_(plan.fd_store_max, closer),
      store_source_(loop, Turn::store, [this] { store_.forget_hung_up(); }) {}

void Descriptors::begin_activation() {
    if (plan_.fd_store_preserve == Preserve::no) {
        store_source_.off();
        store_.clear();
    }
}

std::vector<std::pair<int, int>>
Descriptors::numbered(const std::vector<Probe::Gift>& gifts) const {
    std::vector<std::pair<int, int>> out;
    int number = 3;
    for (const GivenDescriptor& given : given_) {
        out.emplace_back(given.fd.get(), number++);
    }
    for (const StoredDescriptor& stored : store_.kept()) {
        out.emplace_back(stored.fd.get(), number++);
    }
    for (const Probe::Gift& gift : gifts) {
        out.emplace_back(gift.fd, gift.number);
    }
    return out;
}

void Descriptors::add_variables(Environment& out) const {
    std::string names;
    std::size_t count = 0;
    const auto add = [&](std::string_view name) { names += concat(count++ == 0 ? "" : ":", name); };
    for (const GivenDescriptor& given : given_) {
        add(given.name);
    }
    for (const StoredDescriptor& stored : store_.kept()) {
        add(stored.name);
    }
    if (count > 0) {
        set_variable(out, "LISTEN_PID", SpawnRequest::pid_placeholder);
        set_variable(out, "LISTEN_FDS", concat(count));
        set_variable(out, "LISTEN_FDNAMES", names);
    }
    if (plan_.fd_store_max > 0) {
        set_variable(out, "FDSTORE", concat(plan_.fd_store_max));
    }
}

std::size_t Descriptors::store(std::vector<Fd> descriptors, const std::string& name, bool poll) {
    const std::size_t refused = store_.add(std::move(descriptors), name, poll);
    store_source_.on(store_.fd());
    return refused;
}

} // namespace amphid
