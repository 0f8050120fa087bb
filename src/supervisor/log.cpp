// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log.h"

#include "base/text.h"
#include "os/clock.h"
#include "os/colour.h"

namespace amphid {

Log::Log(Sink sink, Volume volume)
    : sink_(sink), volume_(volume), begin_(monotonic_now()),
      colour_(sink == Sink::person && takes_colour(2)) {}

void Log::write(int priority, std::string_view text, Occasion occasion) {
    if (shows(priority)) {
        keep(priority, text, occasion);
    }
    if (onlooker_) {
        onlooker_->tell(monotonic_now(), text);
    }
    if (service_log_ && sink_ == Sink::syslog && priority <= LOG_NOTICE) {
        service_log_(text);
    }
}

void Log::record(std::string_view text, Occasion occasion) {
    if (sink_ != Sink::person) {
        keep(LOG_INFO, text, occasion);
    }
}

void Log::show_step(std::string_view text) {
    if (onlooker_) {
        onlooker_->tell(monotonic_now(), text);
    } else {
        stderr_.write(step_line({monotonic_now().usec - begin_.usec}, text));
    }
}

void Log::quote(std::string_view line) {
    keep(LOG_ERR, line, Occasion::other);
}

void Log::show_to(Fd screen, TimeSpan begin) {
    onlooker_ = std::make_unique<Onlooker>(std::move(screen), begin);
}

void Log::show_output(std::string_view output) {
    if (onlooker_) {
        onlooker_->hear(output);
    }
}

bool Log::shows(int priority) const {
    return sink_ != Sink::person || volume_ != Volume::quiet || priority <= LOG_WARNING;
}

void Log::keep(int priority, std::string_view text, Occasion occasion) {
    if (lost_ > 0 &&
        keep_now(LOG_WARNING, concat(lost_, " lines of this log were lost"), Occasion::other)) {
        lost_ = 0;
    }
    if (lost_ > 0 || !keep_now(priority, text, occasion)) {
        ++lost_;
    }
}

bool Log::keep_now(int priority, std::string_view text, Occasion occasion) {
    if (sink_ == Sink::person) {
        return stderr_.write(volume_ == Volume::verbose
                                 ? step_line({monotonic_now().usec - begin_.usec}, text)
                                 : line_for_person(priority, text, colour_));
    }
    if (nobody_listens_) {
        return true; // without a syslogd there is no loss to report
    }
    const std::string shown = printable(text);
    switch (journal_.send(journal_entry(owner_, invocation_id_, priority, shown, occasion))) {
    case JournalSocket::Answer::taken:
        return true;
    case JournalSocket::Answer::busy:
        return false;
    case JournalSocket::Answer::absent:
        break;
    }
    if (sink_ == Sink::journal) {
        return stderr_.write(concat('<', priority, '>', shown, '\n'));
    }
    syslog_.send(LOG_DAEMON | priority, "amphid", shown);
    nobody_listens_ = !syslog_.is_open();
    return true;
}

} // namespace amphid
