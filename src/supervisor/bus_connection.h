// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "plan/bus_name.h"
#include "plan/condition.h"

#include <optional>
#include <string>

namespace amphid {

/// A connection to a message bus that asks who owns a name. Never blocks.
class BusConnection {
public:
    /// Connects where it is not connected, and reads what is there. False where there is no bus,
    /// or it has gone: why() then tells, and the next call connects again.
    bool advance(const OwnsName& condition);

    std::optional<bool> owned() const { return talk_ ? talk_->owned() : std::nullopt; }
    const std::string& why() const { return why_; }
    int fd() const { return socket_.get(); }
    void close();

private:
    bool open(const OwnsName& condition);
    bool lost(std::string why);

    Fd socket_;
    std::optional<BusNameTalk> talk_;
    std::string why_;
};

} // namespace amphid
