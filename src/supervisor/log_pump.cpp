// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log_pump.h"

#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace amphid {

namespace {
constexpr std::size_t whole_pipe = std::size_t{1} << 20;
} // namespace

LogPump::LogPump(Loop& loop, const LogSettings& settings, Log& log,
                 std::function<void(std::string_view)> hear)
    : hear_(std::move(hear)), file_(settings, log),
      source_(loop, Turn::output, [this] { drain(PipeReader::most); }) {}

int LogPump::open() {
    file_.open();
    const bool is_new = !pipe_;
    const int fd = pipe_.open();
    if (is_new) {
        file_.end_line();                      // of an earlier run
        ::fcntl(fd, F_SETPIPE_SZ, whole_pipe); // best effort: a user has few pages
        reader_.emplace(pipe_.fd());
    }
    return fd;
}

void LogPump::take_over(int pid, std::uint64_t inode) {
    if (pipe_.take_over(pid, STDOUT_FILENO, inode) || pipe_.take_over(pid, STDERR_FILENO, inode)) {
        reader_.emplace(pipe_.fd());
        file_.reopen();
    }
}

void LogPump::begin() {
    if (pipe_) {
        source_.on(pipe_.fd());
    }
}

void LogPump::drain(std::size_t budget) {
    for (std::size_t done = 0; done < budget;) {
        const std::string_view text = reader_->look();
        if (text.empty()) {
            return;
        }
        done += text.size();
        hear_(text);
        file_.take(*reader_, text);
    }
}

void LogPump::finish() {
    if (reader_) {
        drain(whole_pipe);
    }
}

void LogPump::end_line() {
    finish();
    file_.end_line();
}

} // namespace amphid
