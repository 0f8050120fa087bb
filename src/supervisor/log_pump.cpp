// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log_pump.h"

#include "os/clock.h"

#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace amphid {

namespace {

constexpr std::size_t whole_pipe = std::size_t{1} << 20;
constexpr std::size_t busy = std::size_t{32} * 1024;
/// A line that is longer is written before its end is there.
constexpr std::size_t longest_to_wait_for = std::size_t{16} * 1024;

constexpr TimeSpan idle = seconds(1);

/// A file that somebody has named and that has no marks of ours is the service's alone: programs
/// read it.
bool has_our_lines(const LogSettings& settings) {
    return settings.is_default || settings.prefix || settings.timestamps != LogTimestamps::none;
}

} // namespace

LogPump::LogPump(Loop& loop, const LogSettings& settings, Log& log, Hear hear, std::string draft)
    : log_(log), hear_(std::move(hear)), tells_apart_(settings.prefix),
      file_(settings, log, std::move(draft)),
      compressor_(loop, settings, log), inlets_{Inlet(loop, LogStream::output,
                                                      [this] { take_share(inlets_[0]); }),
                                                Inlet(loop, LogStream::error,
                                                      [this] { take_share(inlets_[1]); })},
      rest_(loop, Turn::store, [this] { rest(); }) {
    if (has_our_lines(settings)) {
        log.copy_to([this](std::string_view text) { add_line(text); });
    }
}

LogPump::~LogPump() {
    log_.copy_to({});
}

int LogPump::open(LogStream stream) {
    file_.open_at_start();
    Inlet& inlet = inlets_[tells_apart_ && stream == LogStream::error ? 1 : 0];
    const bool is_new = !inlet.pipe;
    const int fd = inlet.pipe.open();
    if (is_new) {
        file_.end_line(); // of an earlier run
        inlet.adopt_pipe();
    }
    return fd;
}

void LogPump::take_over(int pid, const Inodes& inodes) {
    for (std::size_t i = 0; i < inlets_.size(); ++i) {
        ServicePipe& pipe = inlets_[i].pipe;
        if (pipe.take_over(pid, STDOUT_FILENO, inodes[i]) ||
            pipe.take_over(pid, STDERR_FILENO, inodes[i])) {
            inlets_[i].adopt_pipe();
            file_.reopen();
        }
    }
    compress();
}

void LogPump::begin() {
    for (Inlet& inlet : inlets_) {
        if (inlet.pipe) {
            watch(inlet);
        }
    }
    is_begun_ = true;
    compress(); // not before: a daemon is not yet the process that will run
}

/// Where lines are whole, the beginning of one waits in the pipe: only what is new is an event.
void LogPump::watch(Inlet& inlet) {
    inlet.source.on(inlet.pipe.fd(), tells_apart_ ? EPOLLIN | EPOLLET : EPOLLIN);
}

void LogPump::take_share(Inlet& inlet) {
    if (drain(inlet, PipeReader::most, false) && tells_apart_) {
        inlet.source.off(); // there is more: an event for that
        watch(inlet);
    }
    compress();
}

/// How much of the text is written now: whole lines where another stream's lines could get between
/// the parts of one, unless the line is too long or the service waits for room.
std::string_view LogPump::ready_part(const Inlet& inlet, std::string_view text) const {
    if (!tells_apart_) {
        return text;
    }
    const auto end = text.rfind('\n');
    if (end != std::string_view::npos) {
        return text.substr(0, end + 1);
    }
    return text.size() > longest_to_wait_for || inlet.pipe.is_full() ? text : std::string_view();
}

/// Much comes at a time: more room for it, best effort (a user may have used up the pages), and a
/// look back when it is over, for memory that nobody needs then.
void LogPump::note_busy(Inlet& inlet) {
    if (!std::exchange(inlet.is_large, true)) {
        ::fcntl(inlet.pipe.fd(), F_SETPIPE_SZ, whole_pipe);
    }
    if (!std::exchange(was_busy_, true) && !std::exchange(waits_for_rest_, true)) {
        rest_.set({monotonic_now().usec + idle.usec});
    }
}

void LogPump::rest() {
    if (std::exchange(was_busy_, false)) {
        rest_.set({monotonic_now().usec + idle.usec});
        return;
    }
    waits_for_rest_ = false;
    for (Inlet& inlet : inlets_) {
        if (inlet.reader) {
            inlet.reader->rest();
        }
    }
    file_.rest();
}

/// After what the service has written before. The message may be about that very output.
void LogPump::add_line(std::string_view text) {
    if (!is_begun_) {
        return;
    }
    for (Inlet& inlet : inlets_) {
        if (inlet.reader && !is_draining_) {
            drain(inlet, whole_pipe, false);
        }
    }
    file_.add_line(text);
}

/// True where the budget was used up.
bool LogPump::drain(Inlet& inlet, std::size_t budget, bool all) {
    is_draining_ = true;
    std::size_t done = 0;
    while (done < budget) {
        const std::string_view seen = inlet.reader->look();
        const std::string_view text = all ? seen : ready_part(inlet, seen);
        if (text.empty()) {
            break;
        }
        if (text.size() >= busy) {
            note_busy(inlet);
        }
        done += text.size();
        hear_(text, inlet.stream);
        file_.take(*inlet.reader, text, inlet.stream);
    }
    is_draining_ = false;
    return done >= budget;
}

/// A file that was begun may have others before it.
void LogPump::compress() {
    if (file_.identity() != nullptr &&
        std::exchange(compressed_for_, file_.count()) != file_.count()) {
        compressor_.look(*file_.identity());
    }
}

void LogPump::finish() {
    for (Inlet& inlet : inlets_) {
        if (inlet.reader) {
            drain(inlet, whole_pipe, true);
        }
    }
    compress();
}

void LogPump::look() {
    finish();
    file_.look();
    compress();
}

void LogPump::end_line() {
    finish();
    file_.end_line();
}

} // namespace amphid
