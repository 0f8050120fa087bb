// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amphid {

// As much of the D-Bus Specification as it takes to ask a message bus who owns a name, and to hear
// when that changes. Pure: whoever holds the socket sends and reads.

/// A well-known name, "org.example.Web".
bool is_bus_name(std::string_view name);

/// The sockets of a server address ("unix:path=/run/x;unix:abstract=y"): a path, or a name that
/// begins with "@". Other transports are left out.
std::vector<std::string> bus_sockets(std::string_view address);

/// One conversation with a message bus, about one name.
class BusNameTalk {
public:
    BusNameTalk(std::string name, unsigned uid) : name_(std::move(name)), uid_(uid) {}

    /// All that we have to say, to be sent in one piece: who we are, Hello, a match for the name,
    /// and the question who owns it.
    std::string words() const;

    /// What the bus sent. False where it refuses us or says what cannot be read; why() then tells.
    bool take(std::string_view bytes);

    /// Whether the name has an owner; nothing while the bus has not said so.
    std::optional<bool> owned() const { return owned_; }
    const std::string& why() const { return why_; }

private:
    bool take_line();
    bool take_message();
    bool fail(std::string why);

    std::string name_;
    unsigned uid_;
    std::string input_;
    bool is_known_ = false; // the bus has taken our identity
    std::optional<bool> owned_;
    std::string why_;
};

} // namespace amphid
