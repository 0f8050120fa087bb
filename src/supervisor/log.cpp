// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log.h"

#include "base/text.h"

#include <utility>

namespace amphid {

void Log::write(int priority, std::string_view text) {
    if (lost_ > 0 && write_now(LOG_WARNING, concat(lost_, " lines of this log were lost"))) {
        lost_ = 0;
    }
    if (lost_ > 0 || !write_now(priority, text)) {
        ++lost_;
    }
}

bool Log::write_now(int priority, std::string_view text) {
    switch (sink_) {
    case Sink::person:
        return stderr_.write(concat("amphid: ", printable(text), '\n'));
    case Sink::journal:
        return stderr_.write(concat('<', priority, '>', printable(text), '\n'));
    case Sink::syslog:
        syslog_.send(LOG_DAEMON | priority, "amphid", printable(text));
        return true; // without a syslogd there is no loss to report
    }
    return true;
}

} // namespace amphid
