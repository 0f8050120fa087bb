// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <cerrno>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>

namespace amphid {

/// A failed system call: what was tried, on which object, and why. Files are named by their whole
/// path. Thrown in `os` only.
class OsError : public std::exception {
public:
    OsError(std::string_view action, std::string_view object, int error = errno)
        : OsError(action, object, std::strerror(error), error) {}
    /// A refusal of our own, with a text instead of an errno.
    OsError(std::string_view action, std::string_view object, std::string_view reason, int error)
        : error_(error), text_(action) {
        text_.append(" ").append(object).append(": ").append(reason);
    }

    int error() const { return error_; }
    const char* what() const noexcept override { return text_.c_str(); }

private:
    int error_;
    std::string text_;
};

/// Returns the result of a system call, or throws OsError.
template <class T>
T checked(T result, std::string_view action, std::string_view object) {
    if (result < 0) {
        throw OsError(action, object);
    }
    return result;
}

} // namespace amphid
