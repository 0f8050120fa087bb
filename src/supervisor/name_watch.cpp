// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/name_watch.h"

#include "base/text.h"

#include <syslog.h>

namespace amphid {

void NameWatch::begin(const Readiness& ready) {
    condition_.reset();
    for (const Condition& condition : ready.conditions) {
        if (const auto* name = std::get_if<OwnsName>(&condition)) {
            condition_ = *name;
        }
    }
    held_ = ready.match == Match::all;
    if (condition_) {
        look();
    }
}

void NameWatch::rest() {
    source_.off();
    bus_.close();
}

void NameWatch::look() {
    const int before = bus_.fd();
    const bool there = bus_.advance(*condition_);
    if (!there) {
        source_.off();
        log_.write(LOG_WARNING, concat(service_, ": the name ", condition_->name,
                                       " is no longer watched: ", bus_.why()));
        return;
    }
    if (bus_.fd() != before) {
        source_.on(bus_.fd());
    }
    if (!bus_.owned()) {
        return;
    }
    if (held_ && !*bus_.owned()) {
        log_.write(LOG_NOTICE, concat(service_, ": it no longer owns ", condition_->name));
        rest();
        events_.post(NameLost{});
        return;
    }
    held_ = held_ || *bus_.owned();
}

} // namespace amphid
