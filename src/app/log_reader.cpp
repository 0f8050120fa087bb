// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/log_reader.h"

#include "app/console.h"
#include "base/text.h"
#include "os/files.h"
#include "os/log_chain.h"
#include "os/os_error.h"
#include "plan/log_names.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace amphid {

namespace {

constexpr std::size_t longest_line = std::size_t{1} << 20; // is shown in pieces of that

bool is_same(const struct stat& one, const struct stat& other) {
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

} // namespace

std::string last_lines(const std::string& path, std::size_t count) {
    constexpr off_t most = 16384;
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat st {};
    if (!file || ::fstat(file.get(), &st) < 0 || !S_ISREG(st.st_mode)) {
        return {};
    }
    const off_t begin = std::max<off_t>(st.st_size - most, 0);
    std::string out(static_cast<std::size_t>(st.st_size - begin), '\0');
    out.resize(static_cast<std::size_t>(
        std::max<ssize_t>(::pread(file.get(), out.data(), out.size(), begin), 0)));
    out += out.empty() || out.ends_with('\n') ? "" : "\n";
    std::size_t from = out.size();
    for (std::size_t lines = 0; from > 0; --from) {
        if (out[from - 1] == '\n' && ++lines > count) {
            break;
        }
    }
    // What lost its beginning is no line.
    from = from == 0 && begin > 0 ? out.find('\n') + 1 : from;
    return out.substr(from);
}

ssize_t LineBuffer::fill(int fd) {
    text_.erase(0, begin_);
    begin_ = 0;
    constexpr std::size_t share = std::size_t{64} * 1024;
    const std::size_t before = text_.size();
    text_.resize(before + share);
    const ssize_t n = ::read(fd, text_.data() + before, share);
    text_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    return n;
}

std::optional<std::string> LineBuffer::next() {
    const auto end = text_.find('\n', begin_);
    if (end != std::string::npos) {
        std::string out = text_.substr(begin_, end - begin_);
        begin_ = end + 1;
        return out;
    }
    return text_.size() - begin_ > longest_line ? rest() : std::nullopt;
}

std::optional<std::string> LineBuffer::rest() {
    if (begin_ == text_.size()) {
        return std::nullopt;
    }
    std::string out = text_.substr(std::exchange(begin_, 0));
    text_.clear();
    return out;
}

LogReader::LogReader(const std::string& path) {
    std::tie(directory_, name_) = split_path(path);
    // Older files that cannot be listed would be missing without a word.
    if (::access(directory_.c_str(), R_OK | X_OK) < 0 && errno == EACCES) {
        throw OsError("cannot read", directory_);
    }
}

std::vector<std::string> LogReader::older() const {
    return older_logs(directory_, name_);
}

std::string LogReader::path_of(const std::string& name) const {
    return concat(directory_, '/', name);
}

/// The older file's name without the suffix of a compression.
std::string LogReader::stem_of(const std::string& name) const {
    const auto parsed = parse_older_log(name_, name);
    const std::size_t suffix = parsed ? suffix_of(parsed->compression).size() : 0;
    return name.substr(0, name.size() - suffix);
}

bool LogReader::exists() const {
    struct stat st {};
    return ::stat(path_of(name_).c_str(), &st) == 0 || !older().empty();
}

/// False where it is gone by now.
bool LogReader::open(const std::string& name) {
    const std::string path = path_of(name);
    Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file && errno == ENOENT) {
        return false;
    }
    checked(file.get(), "cannot read", path);
    checked(::fstat(file.get(), &identity_), "cannot read", path);
    if (!S_ISREG(identity_.st_mode)) {
        throw OsError("cannot read", path, "it is not a regular file", EINVAL);
    }
    file_ = std::move(file);
    began_ = true;
    return true;
}

bool LogReader::open_older(const std::string& name) {
    if (!open(name)) {
        return false;
    }
    stem_ = stem_of(name);
    is_current_ = false;
    const auto parsed = parse_older_log(name_, name);
    if (parsed && parsed->compression != LogCompression::none) {
        const std::string program(name_of(parsed->compression));
        child_.emplace(std::vector<std::string>{program, "-dc"}, file_.get());
    }
    return true;
}

/// `older`: the older files a moment ago.
bool LogReader::open_current(const std::vector<std::string>& older) {
    if (!open(name_)) {
        return false;
    }
    // It may have been rotated in between: then there is one before this, unless it is this.
    const auto now = this->older();
    const std::string newest = older.empty() ? "" : stem_of(older.back());
    if (!now.empty() && stem_of(now.back()) > newest && !is_here(now.back())) {
        return open_older(*std::find_if(now.begin(), now.end(), [&](const std::string& name) {
            return stem_of(name) > newest;
        }));
    }
    stem_ = newest;
    is_current_ = true;
    return true;
}

/// True of the file that is read; one that was compressed since keeps its time.
bool LogReader::is_here(const std::string& name) const {
    struct stat st {};
    if (::stat(path_of(name).c_str(), &st) < 0) {
        return false;
    }
    struct stat here = identity_;
    if (file_) {
        ::fstat(file_.get(), &here);
    }
    const auto parsed = parse_older_log(name_, name);
    const bool compressed = parsed && parsed->compression != LogCompression::none;
    return is_same(st, here) ||
           (compressed && here.st_nlink == 0 && st.st_mtim.tv_sec == here.st_mtim.tv_sec);
}

/// The file behind the one that was read; nothing where that is the last one.
std::optional<std::string> LogReader::name_of_next() const {
    struct stat current {};
    const bool there = ::stat(path_of(name_).c_str(), &current) == 0;
    if (is_current_ && there && is_same(current, identity_)) {
        return std::nullopt;
    }
    const auto names = older(); // after that look: what was rotated before it is among them
    bool may_be_this = is_current_;
    for (const std::string& name : names) {
        const bool too_old = !began_ && parse_older_log(name_, name)->rotated < since_;
        if ((began_ && stem_of(name) <= stem_) || too_old) {
            continue;
        }
        if (std::exchange(may_be_this, false) && is_here(name)) {
            continue;
        }
        return name;
    }
    return there ? std::optional(name_) : std::nullopt;
}

/// Reads what was written between the last look and the rotation.
bool LogReader::is_read_to_its_end() {
    return !file_ || child_ || lines_.fill(file_.get()) <= 0;
}

/// Goes on with the file behind the one that was read; false where that is the last one.
bool LogReader::go_on() {
    for (;;) {
        const auto before = older();
        const auto next = name_of_next();
        if (!next) {
            return false;
        }
        if (!is_read_to_its_end()) {
            return true;
        }
        if (*next == name_ ? open_current(before) : open_older(*next)) {
            return true;
        }
        if (*next == name_) {
            return false; // it is being rotated
        }
        // It was removed or compressed in this moment: another look finds what is there now.
    }
}

/// Positions the file that has been opened at its last lines; those that it lacks.
std::size_t LogReader::skip_in_file(std::size_t lines) {
    if (child_) {
        while (lines_.fill(child_->fd()) > 0) {
            while (lines > 0 && lines_.next()) {
                --lines;
            }
            if (lines == 0) {
                break; // it has enough of them
            }
        }
        lines -= lines > 0 && lines_.rest() ? 1 : 0;
        lines_ = LineBuffer();
        return lines;
    }
    constexpr std::size_t share = std::size_t{64} * 1024;
    std::string text;
    for (off_t end = ::lseek(file_.get(), 0, SEEK_END), last = end - 1; end > 0;) {
        const off_t begin = std::max<off_t>(end - static_cast<off_t>(share), 0);
        text.resize(static_cast<std::size_t>(end - begin));
        const ssize_t n = ::pread(file_.get(), text.data(), text.size(), begin);
        for (ssize_t i = n - 1; i >= 0; --i) {
            const bool ends_line = text[static_cast<std::size_t>(i)] == '\n' && begin + i != last;
            if (ends_line && --lines == 0) {
                ::lseek(file_.get(), begin + i + 1, SEEK_SET);
                return 0;
            }
        }
        end = n < static_cast<ssize_t>(text.size()) ? 0 : begin; // it was cut meanwhile
        lines -= end == 0 && last >= 0 ? 1 : 0;                  // the first line
    }
    ::lseek(file_.get(), 0, SEEK_SET);
    return lines;
}

/// False if files were rotated meanwhile, so that something may be missing.
bool LogReader::begin_in_last(std::size_t lines) {
    auto names = older();
    if (open_current(names)) {
        if (!is_current_) {
            return false;
        }
        lines = skip_in_file(lines);
    }
    while (lines > 0 && !names.empty()) {
        if (!open_older(names.back())) {
            return false;
        }
        lines = skip_in_file(lines);
        if (child_ && !open_older(names.back())) { // to read it from its beginning
            return false;
        }
        names.pop_back();
    }
    return true;
}

void LogReader::skip_to_last(std::size_t lines) {
    if (lines > 0 && begin_in_last(lines)) {
        return;
    }
    // From the beginning.
    child_.reset();
    file_.reset();
    lines_ = LineBuffer();
    stem_.clear();
    began_ = false;
    is_current_ = false;
}

std::optional<std::string> LogReader::next() {
    for (;;) {
        if (auto line = lines_.next()) {
            return line;
        }
        if (child_) {
            if (lines_.fill(child_->fd()) > 0) {
                continue;
            }
            if (const int code = child_->finish(); code != 0) {
                print_error(concat("cannot read all of ", path_of(stem_),
                                   "*: the program that "
                                   "decompresses it failed with exit code ",
                                   code));
            }
            child_.reset();
            file_.reset();
        } else if (file_) {
            if (lines_.fill(file_.get()) > 0) {
                continue;
            }
            struct stat now {};
            if (::fstat(file_.get(), &now) == 0 &&
                now.st_size < ::lseek(file_.get(), 0, SEEK_CUR)) {
                ::lseek(file_.get(), 0, SEEK_SET); // it was cut
                continue;
            }
        }
        if (!go_on()) {
            return std::nullopt;
        }
    }
}

} // namespace amphid
