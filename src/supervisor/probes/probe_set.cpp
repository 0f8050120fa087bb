// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/probes/probe_set.h"

#include "base/text.h"
#include "machine/event.h"
#include "os/os_error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace amphid {

namespace {

constexpr TimeSpan first_pause = milliseconds(5);
constexpr std::uint32_t of_timer = 0xffffffff;

} // namespace

ProbeSet::ProbeSet(const std::vector<Condition>& conditions, Subject& subject, TimeSpan timeout)
    : timeout_(timeout),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "cannot create", "an event loop")) {
    for (const Condition& condition : conditions) {
        slots_.emplace_back().probe = make_probe(condition, subject);
        findings_.emplace_back().what = text_of(condition);
    }
}

void ProbeSet::begin() {
    rest();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        findings_[i].met = false;
        findings_[i].why.clear();
        slots_[i].probe->begin();
    }
}

void ProbeSet::ask(TimeSpan longest_pause, TimeSpan now) {
    longest_pause_ = longest_pause;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        findings_[i].met = false;
        slots_[i].done = false;
        slots_[i].pause = first_pause;
        slots_[i].give_up = TimeSpan::infinity();
        look_at(i, now);
    }
    set_timer();
}

void ProbeSet::look(TimeSpan now) {
    std::array<epoll_event, 16> events{};
    const int n = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < n; ++i) {
        const std::uint32_t index = events[static_cast<std::size_t>(i)].data.u32;
        if (index < slots_.size()) {
            slots_[index].next = now;
        }
    }
    timer_.take_elapsed();
    wake_at_ = wake_at_ <= now ? TimeSpan::infinity() : wake_at_;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        Slot& slot = slots_[i];
        if (!slot.done && slot.next <= now) {
            look_at(i, now);
        } else if (!slot.done && slot.give_up <= now) {
            slot.probe->cancel();
            refuse(i, now, concat("no answer within ", format_time_span(timeout_)));
        }
    }
    set_timer();
}

void ProbeSet::look_at(std::size_t index, TimeSpan now) {
    Slot& slot = slots_[index];
    Look look = slot.probe->look(now);
    slot.next = look.again;
    switch (look.answer) {
    case Look::Answer::later:
        if (slot.probe->takes_time() && slot.give_up.is_infinite()) {
            slot.give_up = after(now, timeout_);
        }
        findings_[index].why = std::move(look.why);
        watch(index);
        return;
    case Look::Answer::no:
        refuse(index, now, std::move(look.why));
        return;
    case Look::Answer::yes:
        findings_[index].met = true;
        findings_[index].why = std::move(look.why);
        slot.done = true;
        slot.give_up = TimeSpan::infinity();
        slot.probe->cancel();
        return;
    }
}

void ProbeSet::refuse(std::size_t index, TimeSpan now, std::string why) {
    Slot& slot = slots_[index];
    findings_[index].why = std::move(why);
    slot.done = longest_pause_.is_infinite();
    slot.next = slot.done ? TimeSpan::infinity() : after(now, slot.pause);
    slot.give_up = TimeSpan::infinity();
    slot.pause = std::min(TimeSpan{slot.pause.usec * 5 / 4}, longest_pause_);
}

void ProbeSet::watch(std::size_t index) {
    const Probe& probe = *slots_[index].probe;
    if (probe.fd() < 0) {
        return;
    }
    epoll_event event{};
    event.events = probe.events();
    event.data.u32 = static_cast<std::uint32_t>(index);
    // A number may have been reused for several descriptors; a closed one is no longer watched.
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, probe.fd(), &event) < 0 && errno == ENOENT) {
        checked(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, probe.fd(), &event), "cannot watch",
                "a descriptor");
    }
}

void ProbeSet::rest() {
    for (Slot& slot : slots_) {
        slot.probe->cancel();
        slot.done = true;
        slot.next = slot.give_up = TimeSpan::infinity();
    }
    wake_at_ = TimeSpan::infinity();
    set_timer();
}

void ProbeSet::wake_at(TimeSpan moment) {
    wake_at_ = moment;
    set_timer();
}

void ProbeSet::set_timer() {
    TimeSpan first = wake_at_;
    for (const Slot& slot : slots_) {
        first = std::min({first, slot.next, slot.give_up});
    }
    timer_.set(first);
    if (timer_.fd() >= 0 && !std::exchange(timer_watched_, true)) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u32 = of_timer;
        checked(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_.fd(), &event), "cannot watch",
                "a timer");
    }
}

bool ProbeSet::child_ended(pid_t pid, int status, TimeSpan now) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].probe->child_ended(pid, status)) {
            if (!slots_[i].done) {
                look_at(i, now);
                set_timer();
            }
            return true;
        }
    }
    return false;
}

void ProbeSet::hear(const Line& line) {
    bool news = false;
    for (Slot& slot : slots_) {
        if (slot.probe->hear(line) && !slot.done) {
            slot.next = {}; // at once
            news = true;
        }
    }
    if (news) {
        set_timer();
    }
}

std::vector<Probe::Gift> ProbeSet::gifts() const {
    std::vector<Probe::Gift> out;
    for (const Slot& slot : slots_) {
        if (const auto gift = slot.probe->gift(); gift.fd >= 0) {
            out.push_back(gift);
        }
    }
    return out;
}

bool ProbeSet::is_busy() const {
    return std::any_of(slots_.begin(), slots_.end(), [](const Slot& slot) { return !slot.done; });
}

} // namespace amphid
