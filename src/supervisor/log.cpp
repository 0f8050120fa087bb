// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log.h"

#include "base/text.h"
#include "os/files.h"

#include <unistd.h>

namespace amphid {

void Log::write(int priority, std::string_view text) const {
    switch (sink_) {
    case Sink::person:
        write_all(STDERR_FILENO, concat("amphid: ", printable(text), '\n'));
        return;
    case Sink::journal:
        write_all(STDERR_FILENO, concat('<', priority, '>', printable(text), '\n'));
        return;
    case Sink::syslog:
        ::syslog(LOG_DAEMON | priority, "%.*s", static_cast<int>(text.size()), text.data());
        return;
    }
}

} // namespace amphid
