// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log_draft.h"

#include "os/files.h"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

constexpr std::size_t longest_stamp = 80;

/// The beginning of the file; the text follows.
struct Head {
    std::array<char, 8> magic{'a', 'm', 'p', 'h', 'i', 'd', '1', '\n'};
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::uint32_t stamp_size = 0;
    std::uint32_t begins_line = 0;
    std::array<char, longest_stamp> stamp{};
};

} // namespace

/// Anew if somebody has removed it: the next launcher would not find it.
bool LogDraft::open() {
    struct stat now {};
    if (file_ && ::fstat(file_.get(), &now) == 0 && now.st_nlink > 0) {
        return true;
    }
    file_ = Fd(::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    return static_cast<bool>(file_);
}

std::size_t LogDraft::hold(PipeReader& pipe, std::size_t count, const Place& place) {
    if (path_.empty() || place.stamp.size() > longest_stamp || !open()) {
        return 0;
    }
    Head head;
    head.device = place.device;
    head.inode = place.inode;
    head.size = place.size;
    head.begins_line = place.begins_line ? 1 : 0;
    head.stamp_size = static_cast<std::uint32_t>(place.stamp.size());
    std::memcpy(head.stamp.data(), place.stamp.data(), place.stamp.size());
    if (::lseek(file_.get(), 0, SEEK_SET) < 0 ||
        ::write(file_.get(), &head, sizeof head) != static_cast<ssize_t>(sizeof head)) {
        done();
        return 0;
    }
    std::size_t held = 0;
    while (held < count) {
        const ssize_t n = pipe.move_to(file_.get(), count - held);
        if (n <= 0) {
            break;
        }
        held += static_cast<std::size_t>(n);
    }
    return held;
}

void LogDraft::done() {
    if (file_) {
        ::ftruncate(file_.get(), 0);
    }
}

void LogDraft::forget() {
    ::unlink(path_.c_str());
    file_.reset();
}

LogDraft::~LogDraft() {
    if (file_) {
        forget();
    }
}

std::optional<LogDraft::Left> LogDraft::left() const {
    constexpr std::size_t most = sizeof(Head) + PipeReader::most;
    const Fd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat st {};
    const bool ours = fd && ::fstat(fd.get(), &st) == 0 && S_ISREG(st.st_mode) &&
                      st.st_uid == ::geteuid() && st.st_nlink == 1;
    const auto text = ours ? read_all(fd.get(), most) : std::nullopt;
    Head head;
    if (!text || text->size() <= sizeof head) {
        return std::nullopt;
    }
    const Head wanted;
    std::memcpy(&head, text->data(), sizeof head);
    if (head.magic != wanted.magic || head.stamp_size > longest_stamp) {
        return std::nullopt;
    }
    return Left{{head.device, head.inode, head.size, head.begins_line != 0,
                 std::string(head.stamp.data(), head.stamp_size)},
                text->substr(sizeof head)};
}

} // namespace amphid
