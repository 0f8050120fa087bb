// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/state_record.h"

#include "os/files.h"
#include "plan/document.h"
#include "plan/file_names.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fcntl.h>

namespace amphid {

namespace {

// The widest numbers: a narrower one is filled with zeros from the left.
constexpr int widest_pid = 1'111'111'111;
constexpr std::size_t pid_width = 10;
constexpr std::uint64_t widest_start_time = 11'111'111'111'111'111'111U;
constexpr std::string_view start_time_digits = "11111111111111111111";

/// Field 22 of proc_pid_stat(5) of this process; 0 where it cannot be read. Allocates nothing.
std::uint64_t own_start_time() noexcept {
    std::array<char, 1024> text;
    const Fd file(::open("/proc/self/stat", O_RDONLY | O_CLOEXEC));
    const ssize_t n = file ? ::read(file.get(), text.data(), text.size() - 1) : -1;
    if (n <= 0) {
        return 0;
    }
    text[static_cast<std::size_t>(n)] = '\0';
    // The name in parentheses may hold anything.
    const char* at = std::strrchr(text.data(), ')');
    for (int field = 2; at != nullptr && field < 22; ++field) {
        at = std::strchr(at + 1, ' ');
    }
    std::uint64_t out = 0;
    for (; at != nullptr && at[1] >= '0' && at[1] <= '9'; ++at) {
        out = out * 10 + static_cast<std::uint64_t>(at[1] - '0');
    }
    return out;
}

void fill(char* begin, std::size_t width, std::uint64_t number) noexcept {
    for (char* digit = begin + width; digit != begin; number /= 10) {
        *--digit = static_cast<char>('0' + number % 10);
    }
}

/// Where the PID of that role stands in the text: there the text of another PID differs.
std::size_t find_pid(const std::string& text, State state, ProcessId State::*role) {
    (state.*role).pid = 2;
    const std::string other = encode(state);
    const auto differs = std::mismatch(text.begin(), text.end(), other.begin(), other.end());
    return static_cast<std::size_t>(differs.first - text.begin());
}

} // namespace

StateRecord::StateRecord(int directory, State state, ProcessId State::*role)
    : directory_(directory), draft_name_(draft_name(state_name)), id_(state.launcher) {
    state.*role = {widest_pid, widest_start_time, state.launcher.boot_id};
    const std::string text = encode(state);
    const std::size_t begin = find_pid(text, state, role);
    const std::size_t end = text.find(start_time_digits, begin) + start_time_digits.size();
    gap_begin_ = static_cast<off_t>(begin);
    gap_ = text.substr(begin, end - begin);
    ::unlinkat(directory_, draft_name_.c_str(), 0);
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
    draft_ = Fd(::openat(directory_, draft_name_.c_str(), flags, 0644));
    if (draft_ && !write_all(draft_.get(), text)) {
        ::unlinkat(directory_, draft_name_.c_str(), 0);
        draft_.reset();
    }
}

StateRecord::~StateRecord() {
    if (draft_ && !written_) {
        ::unlinkat(directory_, draft_name_.c_str(), 0);
    }
}

void StateRecord::operator()(pid_t pid) noexcept {
    if (!draft_) {
        return;
    }
    id_.pid = pid;
    id_.start_time = own_start_time();
    fill(gap_.data(), pid_width, static_cast<std::uint64_t>(pid));
    fill(gap_.data() + gap_.size() - start_time_digits.size(), start_time_digits.size(),
         id_.start_time);
    written_ = ::pwrite(draft_.get(), gap_.data(), gap_.size(), gap_begin_) ==
                   static_cast<ssize_t>(gap_.size()) &&
               ::renameat(directory_, draft_name_.c_str(), directory_, state_name) == 0;
}

} // namespace amphid
