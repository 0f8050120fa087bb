// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/notify_sender.h"
#include "plan/plan.h"
#include "supervisor/verdict.h"

#include <optional>
#include <string>

namespace amphid {

/// Everybody who waits for news of the service: systemd, the command that started a daemon, nobody.
class Upstream {
public:
    Upstream(Announce announce, NotifySender* manager, Fd startup);

    /// Entering a phase that may take this long from now; a little more is asked for, so that our
    /// own timeout comes first.
    void ask_for_time(TimeSpan span);
    void status(const std::string& text);
    /// The service's own words, for systemd; false where nobody took them.
    bool relay(const std::string& message, const std::vector<Fd>& descriptors = {});
    /// For the manager's watchdog: all is well, or it is to act now.
    void show_life();
    void trigger_watchdog(const std::string& why);
    /// Readable when flush() can send what the manager had no room for; -1: nothing has to wait.
    int fd() const { return manager_ != nullptr ? manager_->fd() : -1; }
    void flush();
    /// Gets a newline when the service is ready.
    void also_tell(Fd ready) { ready_ = std::move(ready); }
    /// The verdict is near: whoever waits for it may wake up meanwhile.
    void wake();
    void ready(const std::string& status, const std::string& words);
    void stopping(const std::string& status);
    /// `at`: the MONOTONIC_USEC that the service said.
    void reloading(std::optional<TimeSpan> at);
    void reloaded(const std::string& status);
    /// The start failed; `words` is the whole message for the starting command.
    void failed(const std::string& status, const std::string& words);
    /// The same of a start that is tried again: nobody need wait for the end of this launcher.
    void failed_for_now(const std::string& status, const std::string& words);

private:
    void notify(const std::string& message);

    Announce announce_;
    NotifySender* manager_;
    Fd startup_;
    Fd ready_;
};

} // namespace amphid
