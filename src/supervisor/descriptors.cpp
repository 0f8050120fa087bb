// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/descriptors.h"

#include "base/text.h"
#include "os/listen.h"
#include "os/spawn.h"

#include <fcntl.h>

namespace amphid {

Descriptors::Descriptors(Loop& loop, const Plan& plan, std::vector<GivenDescriptor> given,
                         std::vector<Fd> sockets, Closer& closer)
    : plan_(plan), given_(std::move(given)), sockets_(std::move(sockets)),
      store_(plan.fd_store_max, closer),
      store_source_(loop, Turn::store, [this] { store_.forget_hung_up(); }) {
    sockets_.resize(plan.sockets.size());
}

void Descriptors::begin_activation() {
    if (plan_.fd_store_preserve == Preserve::no) {
        store_source_.off();
        store_.clear();
    }
}

void Descriptors::renew_sockets() {
    for (std::size_t i = 0; i < sockets_.size(); ++i) {
        if (!sockets_[i]) {
            sockets_[i] = listen_on(plan_.sockets[i]);
        }
        // The flag is shared with the service, and services expect a blocking one.
        const int flags = ::fcntl(sockets_[i].get(), F_GETFL);
        if (flags >= 0 && (flags & O_NONBLOCK) != 0) {
            ::fcntl(sockets_[i].get(), F_SETFL, flags & ~O_NONBLOCK);
        }
    }
}

void Descriptors::remove_sockets() const {
    for (const Socket& socket : plan_.sockets) {
        if (socket.settings.remove_on_stop) {
            remove_socket(socket);
        }
    }
}

std::vector<std::pair<int, int>>
Descriptors::numbered(const std::vector<Probe::Gift>& gifts) const {
    std::vector<std::pair<int, int>> out;
    int number = 3;
    for (const GivenDescriptor& given : given_) {
        out.emplace_back(given.fd.get(), number++);
    }
    for (const Fd& socket : sockets_) {
        out.emplace_back(socket.get(), number++);
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
    for (const Socket& socket : plan_.sockets) {
        add(socket.settings.name);
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
