// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log_compressor.h"

#include "base/text.h"
#include "os/compress_elsewhere.h"
#include "os/files.h"
#include "os/log_chain.h"
#include "os/os_error.h"
#include "os/process.h"
#include "os/run_program.h"
#include "plan/log_names.h"

#include <csignal>
#include <fcntl.h>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace amphid {

LogCompressor::LogCompressor(Loop& loop, const LogSettings& settings, Log& log)
    : settings_(settings), log_(log), source_(loop, Turn::store, [this] { ended(); }) {
    std::tie(directory_path_, name_) = split_path(settings.path);
}

LogCompressor::~LogCompressor() {
    if (!process_) {
        return;
    }
    send_signal(process_, SIGKILL);
    constexpr int budget_ms = 1000; // it may hang on a disk
    await_end(process_, budget_ms);
    reap_helper(process_);
    tidy_up();
}

void LogCompressor::look(const struct stat& current) {
    current_ = current;
    if (settings_.compress == LogCompression::none || process_) {
        return;
    }
    try {
        if (!directory_) {
            directory_ = open_log_directory(directory_path_);
            tidy_up();
        }
        begin_next();
    } catch (const OsError& error) {
        fail(error.what());
    }
}

/// What a launcher before us has begun. Two of one log there cannot be: its lock is ours.
void LogCompressor::tidy_up() {
    for (const std::string& found : names_in(directory_path_)) {
        if (is_unfinished(name_, found)) {
            ::unlinkat(directory_.get(), found.c_str(), 0);
        }
    }
}

bool LogCompressor::is_current(const std::string& name) const {
    struct stat st {};
    return ::fstatat(directory_.get(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) < 0 ||
           (st.st_dev == current_.st_dev && st.st_ino == current_.st_ino);
}

void LogCompressor::begin_next() {
    for (const std::string& older : older_logs(directory_path_, name_)) {
        const auto parsed = parse_older_log(name_, older);
        const bool plain = parsed && parsed->compression == LogCompression::none;
        if (!plain || older == failed_ || is_current(older)) {
            continue;
        }
        const std::string program = find_program(std::string(name_of(settings_.compress)));
        process_ = compress_elsewhere({directory_.get(), older, settings_.compress, program});
        working_on_ = older;
        source_.on(process_.get());
        return;
    }
    directory_.reset();
}

void LogCompressor::ended() {
    source_.off();
    reap_helper(process_);
    process_.reset();
    struct stat st {};
    const std::string done = std::exchange(working_on_, {});
    if (::fstatat(directory_.get(), done.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0) {
        failed_ = done; // the others have their turn after the next rotation
        fail(concat("cannot compress ", directory_path_, '/', done, " with ",
                    name_of(settings_.compress)));
        return;
    }
    const struct stat current = current_;
    look(current);
}

/// The files stay as they are, and their reader can read them: no reason to say it twice.
void LogCompressor::fail(std::string_view text) {
    const std::string sentence = concat(text, "; rotated files stay uncompressed");
    if (sentence != last_error_) {
        log_.write(LOG_WARNING, sentence);
        last_error_ = sentence;
    }
}

} // namespace amphid
