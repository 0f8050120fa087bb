// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace amphid {

/// The sending end of sd_notify(3). Never blocks, as libsystemd's would in a manager's full queue:
/// what the manager has no room for waits here, in its order, until it has.
class NotifySender {
public:
    /// `address`: the value of $NOTIFY_SOCKET; empty: there is nobody to tell.
    explicit NotifySender(std::string address) : address_(std::move(address)) {}

    /// Why nothing can be sent to that address; empty where it can.
    static std::string refusal_of(const std::string& address);

    /// Sends one datagram with these descriptors (SCM_RIGHTS), or keeps it with copies of them
    /// until there is room. False where the manager could not be told and will not be: there is
    /// none, or it takes no descriptors. The kernel itself adds who we are (SCM_CREDENTIALS).
    bool send(const std::string& message, const std::vector<int>& descriptors = {});

    /// Becomes readable when flush() may send something of what waits; -1: nothing ever waited.
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
    Fd socket_; // connected, as long as something waits: only such a socket is told of room
    Fd room_;   // an epoll(7) that tells of it
    std::deque<Datagram> waiting_;
};

} // namespace amphid
