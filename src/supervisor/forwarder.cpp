// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/forwarder.h"

#include "base/text.h"
#include "os/journal_stream.h"

#include <cerrno>
#include <syslog.h>

namespace amphid {

namespace {
constexpr std::size_t longest_line = std::size_t{48} * 1024; // journald's own
}

int take_priority(std::string_view& line) {
    if (line.size() >= 3 && line[0] == '<' && line[1] >= '0' && line[1] <= '7' && line[2] == '>') {
        const int priority = line[1] - '0';
        line.remove_prefix(3);
        return priority;
    }
    return LOG_INFO;
}

void Forwarder::take(std::string_view text) {
    unfinished_ += text;
    std::size_t begin = 0;
    for (auto end = unfinished_.find('\n'); end != std::string::npos;
         end = unfinished_.find('\n', begin)) {
        send(std::string_view(unfinished_).substr(begin, end - begin));
        begin = end + 1;
    }
    unfinished_.erase(0, begin);
    if (unfinished_.size() > longest_line) {
        send(unfinished_);
        unfinished_.clear();
    }
}

void Forwarder::send(std::string_view line) {
    if (!line.empty() && !send_to_journal(line)) {
        const int priority = take_priority(line);
        syslog_.send(LOG_DAEMON | priority, identifier_, line);
    }
}

/// False if there is no journald.
bool Forwarder::send_to_journal(std::string_view line) {
    const std::string text = concat(line, '\n');
    if (send_at_once(journal_, text)) {
        return true;
    }
    if (journal_ && errno == EAGAIN) {
        return true; // it exists, but does not read: lost
    }
    journal_ = open_journal_stream(identifier_, LOG_INFO); // it may have been started or restarted
    return send_at_once(journal_, text);
}

} // namespace amphid
