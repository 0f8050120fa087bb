// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/notify_sender.h"
#include "plan/plan.h"
#include "supervisor/verdict.h"

#include <optional>
#include <string>

namespace amphid {

/// Whoever is notified about the service: systemd, the command that started a daemon, or nobody.
class Upstream {
public:
    Upstream(Announce announce, NotifySender* manager, Fd startup);

    /// Announces a phase that may take this long; asks for a little more, so that our own timeout
    /// expires first.
    void ask_for_time(TimeSpan span);
    void status(const std::string& text);
    /// Passes the service's own message to systemd; false if it was not accepted.
    bool relay(const std::string& message, const std::vector<Fd>& descriptors = {});
    /// For the manager's watchdog: a keep-alive, or a request to act now.
    void show_life();
    void trigger_watchdog(const std::string& why);
    /// Readable when flush() can send queued messages; -1: nothing is queued.
    int fd() const { return manager_ != nullptr ? manager_->fd() : -1; }
    void flush();
    /// Gets a newline when the service is ready.
    void set_ready_fd(Fd ready) { ready_ = std::move(ready); }
    /// The verdict is near: lets the waiting command wake up already.
    void wake();
    void ready(const std::string& status, const std::string& words);
    void stopping(const std::string& status);
    /// `at`: MONOTONIC_USEC from the service.
    void reloading(std::optional<TimeSpan> at);
    void reloaded(const std::string& status);
    /// The start failed; `words` is the whole message for the starting command. `restarts`: another
    /// command stopped the service and is about to start it again.
    void failed(const std::string& status, const std::string& words, bool restarts = false);
    /// The same for a start that is retried: the command need not wait for this launcher to end.
    void failed_for_now(const std::string& status, const std::string& words);

private:
    void notify(const std::string& message);

    Announce announce_;
    NotifySender* manager_;
    Fd startup_;
    Fd ready_;
};

} // namespace amphid
