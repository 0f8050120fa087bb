// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/state_record.h"

#include "os/files.h"
#include "os/process.h"
#include "plan/document.h"
#include "plan/file_names.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <type_traits>

namespace amphid {

namespace {

constexpr std::size_t pid_width = 10;
constexpr std::size_t start_time_width = 19;

/// Fills numbers into a state's gaps.
struct Filler {
    int pid;
    std::uint64_t start_time;

    template <class T>
    void operator()(std::string_view, T& value) {
        if constexpr (std::is_same_v<T, int>) {
            value = value == StateRecord::pid_gap ? pid : value;
        } else if constexpr (std::is_same_v<T, std::uint64_t>) {
            value = value == StateRecord::start_time_gap ? start_time : value;
        } else if constexpr (std::is_class_v<T> && !std::is_same_v<T, std::string>) {
            fields(*this, value);
        }
    }
};

State fill(State state, int pid, std::uint64_t start_time) {
    Filler filler{pid, start_time};
    fields(filler, state);
    return state;
}

/// Field 22 of proc_pid_stat(5) of this process, as it is shown; 0 if it cannot be read. Allocates
/// nothing.
std::uint64_t own_start_time() noexcept {
    std::array<char, 1024> text;
    const Fd file(::open("/proc/self/stat", O_RDONLY | O_CLOEXEC));
    const ssize_t n = file ? ::read(file.get(), text.data(), text.size() - 1) : -1;
    if (n <= 0) {
        return 0;
    }
    text[static_cast<std::size_t>(n)] = '\0';
    // The name in parentheses may contain anything.
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

/// Shorter numbers are padded with zeros on the left.
void write_digits(char* begin, std::size_t width, std::uint64_t number) noexcept {
    for (char* digit = begin + width; digit != begin; number /= 10) {
        *--digit = static_cast<char>('0' + number % 10);
    }
}

} // namespace

StateRecord::StateRecord(int directory, State with_gaps)
    : directory_(directory), state_(std::move(with_gaps)), draft_name_(draft_name(state_name)),
      text_(encode(state_)), offset_(start_time_offset()) {
    // The gaps are found by comparing with a text that has numbers of different digits there.
    const std::string other = encode(fill(state_, 2'000'000'000, 2 * start_time_gap));
    for (std::size_t at = 0; at < text_.size(); ++at) {
        const std::size_t begin = at;
        while (text_[at] != other[at]) {
            ++at;
        }
        if (at - begin == pid_width) {
            pids_.push_back(begin);
        } else if (at - begin == start_time_width) {
            start_times_.push_back(begin);
        }
    }
    draft_ = open_draft(directory_, draft_name_, 0644);
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
    pid_ = pid;
    start_time_ = own_start_time();
    if (start_time_ == 0) {
        return; // it would be invalid; the launcher writes the state instead
    }
    start_time_ -= offset_;
    for (const std::size_t at : pids_) {
        write_digits(text_.data() + at, pid_width, static_cast<std::uint64_t>(pid));
    }
    for (const std::size_t at : start_times_) {
        write_digits(text_.data() + at, start_time_width, start_time_);
    }
    written_ =
        ::write(draft_.get(), text_.data(), text_.size()) == static_cast<ssize_t>(text_.size()) &&
        ::renameat(directory_, draft_name_.c_str(), directory_, state_name) == 0;
}

State StateRecord::filled() const {
    return fill(state_, pid_, start_time_);
}

} // namespace amphid
