// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/log_reader.h"

#include "base/text.h"
#include "os/files.h"
#include "os/log_chain.h"
#include "os/os_error.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace amphid {

namespace {

constexpr std::size_t longest_line = std::size_t{1} << 20; // longer ones are shown in pieces

bool is_same(const struct stat& one, const struct stat& other) {
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

bool is_older(const timespec& one, const timespec& other) {
    return std::pair(one.tv_sec, one.tv_nsec) < std::pair(other.tv_sec, other.tv_nsec);
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
    // A truncated line is not shown.
    from = from == 0 && begin > 0 ? out.find('\n') + 1 : from;
    return out.substr(from);
}

LogReader::LogReader(const std::string& path) {
    std::tie(directory_, name_) = split_path(path);
}

std::vector<std::string> LogReader::chain() const {
    auto out = older_logs(directory_, name_);
    out.push_back(name_);
    return out;
}

/// False if it is gone.
bool LogReader::open(const std::string& name) {
    const std::string path = concat(directory_, '/', name);
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
    return true;
}

/// Opens the next file after the one that was read; false if that was the last one.
bool LogReader::go_on(const Hear& hear) {
    const auto names = chain();
    std::size_t next = names.size();
    struct stat here {};
    if (file_) {
        ::fstat(file_.get(), &here);
    }
    for (std::size_t i = names.size(); i-- > 0;) {
        struct stat st {};
        const std::string path = concat(directory_, '/', names[i]);
        if (::stat(path.c_str(), &st) < 0) {
            continue;
        }
        if (file_ && is_same(st, here)) {
            break;
        }
        // A file that is no longer in the chain was removed, or moved away by somebody else.
        if (file_ && is_older(st.st_mtim, here.st_mtim)) {
            break;
        }
        next = i;
    }
    if (next == names.size()) {
        return false;
    }
    if (file_) {
        read_file(hear); // what was written between the last look and the rotation
    }
    return open(names[next]);
}

void LogReader::read_file(const Hear& hear) {
    std::string buffer(std::size_t{64} * 1024, '\0');
    for (;;) {
        const ssize_t n = ::read(file_.get(), buffer.data(), buffer.size());
        if (n <= 0) {
            return;
        }
        std::string_view text(buffer.data(), static_cast<std::size_t>(n));
        for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
            rest_ += text.substr(0, end);
            hear(std::exchange(rest_, {}));
            text.remove_prefix(end + 1);
        }
        rest_ += text;
        if (rest_.size() > longest_line) {
            hear(std::exchange(rest_, {}));
        }
    }
}

void LogReader::read(const Hear& hear) {
    if (!file_ && !go_on(hear)) {
        return;
    }
    struct stat now {};
    if (::fstat(file_.get(), &now) == 0 && now.st_size < ::lseek(file_.get(), 0, SEEK_CUR)) {
        ::lseek(file_.get(), 0, SEEK_SET); // it was truncated
    }
    read_file(hear);
    while (go_on(hear)) {
        read_file(hear);
    }
}

void LogReader::read_unfinished(const Hear& hear) {
    if (!rest_.empty()) {
        hear(std::exchange(rest_, {}));
    }
}

} // namespace amphid
