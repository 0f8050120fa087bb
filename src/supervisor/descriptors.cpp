// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/descriptors.h"

#include "base/text.h"
#include "os/listen.h"
#include "os/spawn.h"

#include <algorithm>
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

/// The order of systemd is that of its units, and accidental where there are several.
std::vector<Descriptors::Passed> Descriptors::passed() const {
    std::vector<Passed> out;
    for (const GivenDescriptor& given : given_) {
        out.push_back({given.fd.get(), given.name});
    }
    for (std::size_t i = 0; i < sockets_.size(); ++i) {
        out.push_back({sockets_[i].get(), plan_.sockets[i].settings.name});
    }
    const auto& names = plan_.socket_names;
    const auto place = [&](const Passed& one) {
        return std::find(names.begin(), names.end(), one.name) - names.begin();
    };
    std::stable_sort(out.begin(), out.end(),
                     [&](const Passed& a, const Passed& b) { return place(a) < place(b); });
    for (const StoredDescriptor& stored : store_.kept()) {
        out.push_back({stored.fd.get(), stored.name});
    }
    return out;
}

std::vector<std::pair<int, int>>
Descriptors::numbered(const std::vector<Probe::Gift>& gifts) const {
    std::vector<std::pair<int, int>> out;
    int number = 3;
    for (const Passed& one : passed()) {
        out.emplace_back(one.fd, number++);
    }
    for (const Probe::Gift& gift : gifts) {
        out.emplace_back(gift.fd, gift.number);
    }
    return out;
}

void Descriptors::add_variables(Environment& out) const {
    std::string names;
    std::size_t count = 0;
    for (const Passed& one : passed()) {
        names += concat(count++ == 0 ? "" : ":", one.name);
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
