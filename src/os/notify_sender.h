// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace amphid {

/// The sending end of sd_notify(3). Never blocks, unlike libsystemd's when the manager's queue is
/// full: messages are queued here, in order, until there is room.
class NotifySender {
public:
    /// `address`: the value of $NOTIFY_SOCKET; empty: no manager.
    explicit NotifySender(std::string address) : address_(std::move(address)) {}

    /// Why nothing can be sent to that address; empty if it is usable.
    static std::string refusal_of(const std::string& address);

    /// Sends one datagram with these descriptors (SCM_RIGHTS), or keeps it with copies of them
    /// until there is room. False if the manager cannot be told: there is none, or it accepts no
    /// descriptors. The kernel adds our credentials (SCM_CREDENTIALS).
    bool send(const std::string& message, const std::vector<int>& descriptors = {});

    const std::string& address() const { return address_; }

    /// Becomes readable when flush() can send queued messages; -1: nothing was ever queued.
    int fd() const { return room_.get(); }
    void flush();
    bool is_waiting() const { return !waiting_.empty(); }

private:
    struct Datagram {
        std::string text;
        std::vector<Fd> descriptors;
    };
    enum class Sent : std::uint8_t { yes, no, later };

    Fd connect() const;
    static Sent transmit(const Fd& socket, const std::string& text,
                         const std::vector<int>& descriptors);
    bool keep(Fd socket, const std::string& text, const std::vector<int>& descriptors);

    std::string address_;
    Fd socket_; // connected while messages are queued: only a connected socket signals room
    Fd room_;   // an epoll(7) that watches it
    std::deque<Datagram> waiting_;
};

} // namespace amphid
