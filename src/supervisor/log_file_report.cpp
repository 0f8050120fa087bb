// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log_file.h"

#include "base/text.h"
#include "os/clock.h"

#include <algorithm>
#include <cstring>
#include <utility>

// What the launcher itself writes into the log file: its own lines, and how much was lost.

namespace amphid {

namespace {

std::uint64_t lines_in(std::string_view text) {
    return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

void LogFile::add_line(std::string_view text) {
    constexpr std::size_t most = 4096; // more is not worth waiting for
    if (!file_ && loss_ == 0) {
        reopen(); // the default log: the service has not written anything yet
    }
    if (file_ && is_regular_ && loss_ == 0 && pending_lines_.size() < most) {
        pending_lines_ += concat(time_now(), "amphid: ", printable(text), '\n');
        write_pending_lines();
    }
}

void LogFile::write_pending_lines() {
    if (pending_lines_.empty() || !file_ || !begins_line_ || loss_ != 0) {
        return;
    }
    struct stat now {};
    if (::fstat(file_.get(), &now) < 0 || static_cast<std::uint64_t>(now.st_size) != size_) {
        return; // somebody has truncated it: after the next output, which copes with that
    }
    append(std::exchange(pending_lines_, {}));
    last_written_ = realtime_now();
}

void LogFile::begin_loss(int error) {
    if (std::exchange(loss_, error) == 0) {
        log_.write(LOG_ERR, concat("cannot write ", settings_.path, ": ", std::strerror(error),
                                   "; output of the service is lost"));
    }
}

/// The rest of a line that has lost its beginning is dropped, too.
void LogFile::lose(PipeReader& pipe, std::string_view& text, std::size_t size) {
    if (size == 0) {
        return;
    }
    drop(pipe, size);
    skips_line_ = text[size - 1] != '\n';
    lost_bytes_ += size;
    lost_lines_ += lines_in(text.substr(0, size));
    text.remove_prefix(size);
}

void LogFile::skip_line(PipeReader& pipe, std::string_view& text) {
    lose(pipe, text, size_of_line(text));
}

/// False if writing is still impossible.
bool LogFile::report_loss() {
    if (!file_) {
        reopen();
    }
    if (!file_) {
        return false;
    }
    if (lost_bytes_ > 0) {
        const std::string report =
            concat("amphid: ", lost_lines_, lost_lines_ == 1 ? " line" : " lines", " (",
                   lost_bytes_, " bytes) lost: ", std::strerror(loss_));
        if (!append(concat(begins_line_ ? "" : "\n", time_now(), report, '\n'))) {
            return false;
        }
        log_.write(LOG_WARNING, concat(settings_.path, ": ", report));
    }
    begins_line_ = true;
    loss_ = 0;
    lost_bytes_ = 0;
    lost_lines_ = 0;
    return true;
}

} // namespace amphid
