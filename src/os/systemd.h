// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/words.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace amphid {

/// libsystemd, opened when a start has to talk to systemd and only then: a host without it, and
/// every classic start, does not pay for it.
class Systemd {
public:
    /// Nothing where the library is not installed; `why` then says what dlopen(3) said.
    static std::optional<Systemd> open(std::string& why);

    Systemd(Systemd&& other) noexcept;
    Systemd& operator=(Systemd&&) noexcept;
    ~Systemd();

    /// Sends to $NOTIFY_SOCKET (sd_notify(3)); false where nobody could be told.
    bool notify(const std::string& message) const;

    /// The same with descriptors (sd_pid_notify_with_fds(3)); false also where the receiver takes
    /// none.
    bool notify_with(const std::string& message, const std::vector<int>& descriptors) const;

    /// The unit that we run in (sd_pid_get_unit(3), sd_pid_get_user_unit(3)); empty outside of one.
    std::string own_unit(Manager manager) const;

private:
    struct Functions;
    explicit Systemd(std::unique_ptr<Functions> functions);
    std::unique_ptr<Functions> functions_;
};

} // namespace amphid
