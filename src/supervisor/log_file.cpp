// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log_file.h"

#include "base/text.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/log_chain.h"
#include "os/open_output.h"
#include "os/os_error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <span>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace amphid {

namespace {

/// We may not read the file: open it for writing only.
bool ends_with_a_line(int fd, off_t size) {
    const Fd reader(::open(concat("/proc/self/fd/", fd).c_str(), O_RDONLY | O_CLOEXEC));
    char last = '\n';
    return size == 0 || ::pread(reader.get(), &last, 1, size - 1) != 1 || last == '\n';
}

/// What is in the file from that offset on.
std::string end_from(int fd, std::uint64_t offset, std::uint64_t size) {
    const Fd reader(::open(concat("/proc/self/fd/", fd).c_str(), O_RDONLY | O_CLOEXEC));
    std::string out(
        size > offset ? std::min(size - offset, std::uint64_t{PipeReader::most} * 2) : 0, '\0');
    const ssize_t n = ::pread(reader.get(), out.data(), out.size(), static_cast<off_t>(offset));
    out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return out;
}

} // namespace

/// The service has ended, so an unfinished line will not get its end.
LogFile::~LogFile() {
    if (!pending_lines_.empty()) {
        end_line();
    }
}

/// Not O_APPEND, which splice(2) refuses: we are the only writer, and seek to the end if the file
/// was truncated.
void LogFile::open() {
    if (file_) {
        return;
    }
    if (settings_.is_default) {
        open_directory(split_path(settings_.path).first, true);
    }
    try {
        attach(open_output_file(settings_.path, 0, ~settings_.mode & 0777U));
        if (count_ == 1) {
            write_draft_again();
        }
    } catch (const OsError& error) {
        if (error.error() != ENXIO) {
            throw;
        }
        begin_loss(ENXIO); // a FIFO without a reader
    }
}

/// Two launchers would rotate it under each other's hands.
void LogFile::lock(const Fd& file) const {
    struct stat st {};
    const bool is_device = ::fstat(file.get(), &st) == 0 && !S_ISREG(st.st_mode);
    if (is_device) {
        return; // /dev/full and a FIFO are nobody's
    }
    if (::flock(file.get(), LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
        throw OsError("cannot use", settings_.path, "another service writes to it", EBUSY);
    }
}

/// A new one, and none that somebody has linked there.
void LogFile::give_to_owner() {
    const uid_t uid = settings_.uid.value_or(identity_.st_uid);
    const gid_t gid = settings_.gid.value_or(identity_.st_gid);
    const bool is_new = identity_.st_size == 0 && identity_.st_nlink == 1;
    if (is_new && (uid != identity_.st_uid || gid != identity_.st_gid)) {
        checked(::fchown(file_.get(), uid, gid), "cannot change the owner of", settings_.path);
    }
}

void LogFile::attach(Fd file) {
    lock(file);
    file_ = std::move(file);
    checked(::fstat(file_.get(), &identity_), "cannot stat", settings_.path);
    is_regular_ = S_ISREG(identity_.st_mode);
    if (is_regular_) {
        give_to_owner();
    }
    ++count_;
    can_splice_ = is_regular_;
    size_ = is_regular_ ? static_cast<std::uint64_t>(identity_.st_size) : 0;
    limit_ = is_regular_ ? settings_.max_size : LogSettings::unlimited;
    begins_line_ = !is_regular_ || ends_with_a_line(file_.get(), identity_.st_size);
    line_start_.reset();
    last_written_ = {std::int64_t{identity_.st_mtim.tv_sec} * 1'000'000 +
                     identity_.st_mtim.tv_nsec / 1000};
    if (is_regular_) {
        ::lseek(file_.get(), 0, SEEK_END);
    } else {
        ::fcntl(file_.get(), F_SETFL, O_NONBLOCK);
    }
    if (ends_line_when_open_) {
        end_line();
    }
}

void LogFile::reopen() {
    file_.reset();
    try {
        open();
    } catch (const OsError& error) {
        begin_loss(error.error());
    }
}

bool LogFile::is_in_place() const {
    struct stat now {};
    return ::stat(settings_.path.c_str(), &now) == 0 && now.st_dev == identity_.st_dev &&
           now.st_ino == identity_.st_ino;
}

void LogFile::look() {
    if (file_ && begins_line_ && !is_in_place()) {
        reopen();
    }
}

/// Afterwards nothing is written to a file of an earlier period, or to one that was moved away.
void LogFile::follow_path(PipeReader& pipe, std::string_view& text) {
    struct stat now {};
    const bool there = file_ && ::stat(settings_.path.c_str(), &now) == 0;
    const bool same = there && now.st_dev == identity_.st_dev && now.st_ino == identity_.st_ino;
    if (same && is_regular_ && static_cast<std::uint64_t>(now.st_size) != size_) {
        attach(std::move(file_)); // somebody has truncated it (copytruncate), or written to it
    }
    const bool aged =
        same && size_ > 0 && is_of_another_period(last_written_, realtime_now(), settings_.max_age);
    if (same && !(aged && is_regular_)) {
        return;
    }
    if (file_ && !begins_line_) {
        const std::size_t rest = size_of_line(text);
        const std::size_t written = write(pipe, text.substr(0, rest));
        text.remove_prefix(written);
        if (written < rest || !begins_line_) {
            return;
        }
    }
    same ? rotate() : reopen();
}

void LogFile::rotate() {
    try {
        const auto [directory, name] = split_path(settings_.path);
        const Fd at = open_log_directory(directory);
        rotate_log(at.get(), name, realtime_now());
        rotation_failed_ = false;
        reopen();
        remove_oldest_logs(at.get(), name, settings_.keep);
    } catch (const OsError& error) {
        if (error.error() == ENOENT) {
            reopen(); // somebody else has moved it
            return;
        }
        if (!std::exchange(rotation_failed_, true)) {
            log_.write(LOG_WARNING, error.what());
        }
        limit_ = size_ + settings_.max_size; // try again later
        last_written_ = realtime_now();
    }
}

/// Each stream has lines of its own.
void LogFile::change_stream(LogStream stream) {
    if (std::exchange(stream_, stream) != stream) {
        std::swap(skips_line_, other_skips_line_);
        end_line();
    }
}

void LogFile::take(PipeReader& pipe, std::string_view text, LogStream stream) {
    change_stream(stream);
    follow_path(pipe, text);
    while (!text.empty()) {
        if (skips_line_) {
            skip_line(pipe, text);
            continue;
        }
        if (loss_ != 0 && !report_loss()) {
            lose(pipe, text, text.size());
            return;
        }
        const Portion portion = portion_of_stamped(text, stamp_now(), size_, begins_line_, limit_);
        const std::size_t written = write(pipe, text.substr(0, portion.size));
        text.remove_prefix(written);
        if (written < portion.size) {
            while (skips_line_ && !text.empty()) {
                skip_line(pipe, text);
            }
            lose(pipe, text, text.size());
        } else if (portion.full) {
            rotate();
        }
    }
}

std::string LogFile::time_now() const {
    return log_stamp(settings_.timestamps, realtime_now(), monotonic_now());
}

std::string LogFile::stamp_now() const {
    return settings_.prefix ? concat(time_now(), log_prefix(stream_)) : time_now();
}

std::size_t LogFile::write(PipeReader& pipe, std::string_view text) {
    if (text.empty()) {
        return 0;
    }
    const std::string stamp = stamp_now();
    if (begins_line_) {
        line_start_ = size_;
    }
    const std::size_t written =
        stamp.empty() ? write_as_it_is(pipe, text) : write_stamped(pipe, text, stamp);
    const int error = errno;
    if (written > 0) {
        begins_line_ = text[written - 1] == '\n';
        last_written_ = realtime_now();
        if (const auto end = text.substr(0, written).rfind('\n'); end != std::string_view::npos) {
            line_start_ = size_ - (written - end - 1) - (begins_line_ ? 0 : stamp.size());
        }
    }
    if (written < text.size()) {
        take_back_torn_line();
        begin_loss(error);
    }
    write_pending_lines();
    return written;
}

/// The rest of the current line is lost, so its beginning is dropped, too.
void LogFile::take_back_torn_line() {
    skips_line_ = !begins_line_;
    if (begins_line_ || !is_regular_ || !line_start_) {
        return;
    }
    const std::uint64_t torn = size_ - *line_start_;
    if (cut_to(*line_start_)) {
        lost_bytes_ += torn;
        begins_line_ = true;
    }
}

bool LogFile::cut_to(std::uint64_t size) {
    const auto offset = static_cast<off_t>(size);
    if (::ftruncate(file_.get(), offset) < 0) {
        return false;
    }
    ::lseek(file_.get(), offset, SEEK_SET);
    size_ = size;
    return true;
}

std::size_t LogFile::write_as_it_is(PipeReader& pipe, std::string_view text) {
    std::size_t done = 0;
    while (done < text.size()) {
        ssize_t n = can_splice_ ? pipe.move_to(file_.get(), text.size() - done) : -1;
        can_splice_ = can_splice_ && !(n < 0 && errno == EINVAL);
        if (!can_splice_) {
            n = ::write(file_.get(), text.data() + done, text.size() - done);
        }
        if (n <= 0) {
            break;
        }
        if (!can_splice_) {
            pipe.drop(static_cast<std::size_t>(n));
        }
        done += static_cast<std::size_t>(n);
        size_ += is_regular_ ? static_cast<std::uint64_t>(n) : 0;
    }
    if (done > 0 && can_splice_ && splice_is_silent_) {
        const int error = errno;
        cut_to(size_); // to its own size: this notifies watchers of the file (tail -f)
        errno = error;
    }
    return done;
}

/// In pieces, each of which is written completely or not at all.
std::size_t LogFile::write_stamped(PipeReader& pipe, std::string_view text,
                                   const std::string& stamp) {
    const std::span<char> buffer(stamped_.get(), stamped_.size());
    std::size_t done = 0;
    while (done < text.size()) {
        const bool begins_line = done > 0 ? text[done - 1] == '\n' : begins_line_;
        const Stamped piece = stamp_lines(text.substr(done), stamp, begins_line, buffer);
        if (gone_ == 0 && is_regular_) {
            gone_ = draft_.hold(pipe, piece.read,
                                {identity_.st_dev, identity_.st_ino, size_, begins_line, stamp});
        }
        const bool fits = append({buffer.data(), piece.written});
        draft_.done();
        if (!fits) {
            break;
        }
        drop(pipe, piece.read);
        done += piece.read;
    }
    return done;
}

/// Removes it from the pipe, but for what has left it for the draft.
void LogFile::drop(PipeReader& pipe, std::size_t size) {
    const std::size_t gone = std::min(gone_, size);
    gone_ -= gone;
    pipe.drop(size - gone);
}

/// Writes what a killed launcher has not written of the text that it had at hand.
void LogFile::write_draft_again() {
    const auto left = draft_.left();
    if (!left) {
        return;
    }
    const LogDraft::Place& place = left->place;
    const std::string text = stamp_lines(left->text, place.stamp, place.begins_line);
    std::string_view rest = text;
    if (identity_.st_dev == place.device && identity_.st_ino == place.inode) {
        const std::string written = end_from(file_.get(), place.size, size_);
        rest.remove_prefix(text.starts_with(written) ? written.size() : 0);
    }
    if (append(rest)) {
        begins_line_ = rest.empty() ? begins_line_ : rest.ends_with('\n');
        draft_.forget();
    }
}

bool LogFile::append(std::string_view text) {
    const std::uint64_t before = size_;
    while (!text.empty()) {
        const ssize_t n = ::write(file_.get(), text.data(), text.size());
        if (n <= 0) {
            const int error = errno;
            if (size_ != before) {
                cut_to(before);
            }
            errno = error;
            return false;
        }
        size_ += is_regular_ ? static_cast<std::uint64_t>(n) : 0;
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

void LogFile::end_line() {
    ends_line_when_open_ = !file_;
    if (file_ && is_regular_ && !begins_line_) {
        begins_line_ = append("\n");
    }
    write_pending_lines();
}

} // namespace amphid
