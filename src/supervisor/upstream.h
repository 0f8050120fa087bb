// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/systemd.h"
#include "plan/plan.h"
#include "supervisor/verdict.h"

#include <optional>
#include <string>

namespace amphid {

/// Everybody who waits for news of the service: systemd, the command that started a daemon, nobody.
class Upstream {
public:
    Upstream(Announce announce, const Systemd* systemd, Fd startup);

    /// Entering a phase that may take this long from now; a little more is asked for, so that our
    /// own timeout comes first.
    void ask_for_time(TimeSpan span);
    void status(const std::string& text);
    /// The verdict is near: whoever waits for it may wake up meanwhile.
    void wake();
    void ready(const std::string& status, const std::string& words);
    void stopping(const std::string& status);
    void reloading();
    void reloaded(const std::string& status);
    /// The start failed; `words` is the whole message for the starting command.
    void failed(const std::string& status, const std::string& words);

private:
    void notify(const std::string& message);

    Announce announce_;
    const Systemd* systemd_;
    Fd startup_;
};

} // namespace amphid
