// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/upstream.h"

#include "base/text.h"
#include "os/clock.h"
#include "os/files.h"

#include <algorithm>

namespace amphid {

Upstream::Upstream(Announce announce, NotifySender* manager, Fd startup)
    : announce_(announce), manager_(manager), startup_(std::move(startup)) {}

void Upstream::notify(const std::string& message) {
    relay(message);
}

void Upstream::ask_for_time(TimeSpan span) {
    // systemd ignores its own infinity.
    constexpr TimeSpan a_century = seconds(100LL * 365 * 24 * 3600);
    constexpr TimeSpan margin = seconds(10);
    const TimeSpan asked{std::min(span, a_century).usec + margin.usec};
    notify(concat("EXTEND_TIMEOUT_USEC=", asked.usec));
}

void Upstream::status(const std::string& text) {
    notify(concat("STATUS=", text));
}

bool Upstream::relay(const std::string& message, const std::vector<Fd>& descriptors) {
    if (announce_ != Announce::manager || manager_ == nullptr) {
        return false;
    }
    std::vector<int> numbers;
    for (const Fd& fd : descriptors) {
        numbers.push_back(fd.get());
    }
    return manager_->send(message, numbers);
}

void Upstream::flush() {
    manager_->flush();
}

void Upstream::show_life() {
    notify("WATCHDOG=1");
}

void Upstream::trigger_watchdog(const std::string& why) {
    notify(concat("WATCHDOG=trigger\nSTATUS=", why));
}

void Upstream::wake() {
    send_wake(startup_);
}

void Upstream::ready(const std::string& status, const std::string& words) {
    notify(concat("READY=1\nSTATUS=", status));
    send_verdict(startup_, {ExitCode::success, words});
    if (ready_) {
        write_all(ready_.get(), "\n"); // the reader may be gone; SIGPIPE is blocked here
        ready_.reset();
    }
}

void Upstream::stopping(const std::string& status) {
    notify(concat("STOPPING=1\nSTATUS=", status));
}

void Upstream::reloading(std::optional<TimeSpan> at) {
    // Both in one datagram, or systemd does not accept it as the answer to a reload.
    notify(concat("RELOADING=1\nMONOTONIC_USEC=", at.value_or(monotonic_now()).usec,
                  "\nSTATUS=Reloading"));
}

void Upstream::reloaded(const std::string& status) {
    notify(concat("READY=1\nSTATUS=", status));
}

void Upstream::failed(const std::string& status, const std::string& words, bool restarts) {
    notify(concat("STATUS=", status));
    send_verdict(startup_, {ExitCode::failure, words, restarts});
}

void Upstream::failed_for_now(const std::string& status, const std::string& words) {
    failed(status, words);
    startup_.reset();
}

} // namespace amphid
