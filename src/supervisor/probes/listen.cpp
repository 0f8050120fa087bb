// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "os/listeners.h"
#include "supervisor/probes/kinds.h"

#include <algorithm>
#include <cstdint>
#include <unistd.h>

namespace amphid {

namespace {

class ListenProbe final : public Probe {
public:
    ListenProbe(Endpoint at, Subject& subject) : at_(std::move(at)), subject_(subject) {}

    void begin() override {
        before_.clear();
        for (const Listener& listener : find_listeners(at_)) {
            before_.push_back(listener.inode);
        }
    }

    Look look(TimeSpan /*now*/) override {
        const auto listeners = find_listeners(at_);
        if (listeners.empty()) {
            return {Look::Answer::no, "nothing listens"};
        }
        bool hidden = false;
        const auto members = subject_.members();
        for (const Listener& listener : listeners) {
            for (const int pid : members) {
                const auto holds = holds_socket(pid, listener.inode);
                hidden = hidden || !holds;
                if (holds.value_or(false)) {
                    return {Look::Answer::yes, concat("held by PID ", pid)};
                }
            }
        }
        for (const Listener& listener : listeners) {
            if (auto evidence = circumstances(listener, hidden); !evidence.empty()) {
                return {Look::Answer::yes, std::move(evidence)};
            }
        }
        return {Look::Answer::no, describe_stranger(listeners.front().inode)};
    }

private:
    /// Other evidence that the socket is the service's, if its descriptors show nothing or cannot
    /// be inspected.
    std::string circumstances(const Listener& listener, bool hidden) const {
        if (hidden && holds_socket(::getpid(), listener.inode).value_or(false)) {
            return "passed to it at its start"; // by us: we have no sockets of our own there
        }
        if (std::find(before_.begin(), before_.end(), listener.inode) != before_.end()) {
            return {};
        }
        const auto cgroups = subject_.cgroups();
        if (listener.cgroup && !cgroups.empty()) {
            const bool ours =
                std::find(cgroups.begin(), cgroups.end(), *listener.cgroup) != cgroups.end();
            return ours ? "by the socket's cgroup" : "";
        }
        if (hidden && listener.uid == subject_.uid()) {
            return concat("by the socket's UID ", subject_.uid(),
                          ", it did not exist before the start");
        }
        return {};
    }

    /// All processes of the machine are searched only once per foreign socket.
    const std::string& describe_stranger(std::uint64_t inode) {
        if (inode != stranger_ || stranger_words_.empty()) {
            stranger_ = inode;
            const std::string holder = name_holder(inode);
            stranger_words_ = concat(holder.empty() ? "an unidentified process" : holder,
                                     " listens, which does not belong to this service");
        }
        return stranger_words_;
    }

    Endpoint at_;
    Subject& subject_;
    std::vector<std::uint64_t> before_;
    std::uint64_t stranger_ = 0;
    std::string stranger_words_;
};

} // namespace

std::unique_ptr<Probe> make_listen_probe(const Listens& condition, Subject& subject) {
    return std::make_unique<ListenProbe>(condition.at, subject);
}

} // namespace amphid
