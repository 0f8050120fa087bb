// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/exit_code.h"
#include "os/os_error.h"

#include <exception>
#include <functional>
#include <string>
#include <string_view>

namespace amphid {

/// Ends a command with a message and the program's exit code.
class Failure : public std::exception {
public:
    Failure(ExitCode code, std::string text) : code_(code), text_(std::move(text)) {}
    ExitCode code() const { return code_; }
    const char* what() const noexcept override { return text_.c_str(); }

private:
    ExitCode code_;
    std::string text_;
};

/// Prints to standard output. Throws OsError if that fails.
void print(std::string_view text);

/// Prints "amphid: TEXT" to standard error.
void print_error(std::string_view text);

/// To standard error: "amphid: TEXT" and its further lines, as they are; on a terminal the first in
/// red.
void print_failure(std::string_view text);

/// The exit code for a system error.
ExitCode exit_code_of(const OsError& error);

/// Runs a function; its errors are prefixed with this service.
template <class F>
auto on_behalf_of(const std::string& name, F&& work) {
    try {
        return work();
    } catch (const OsError& error) {
        throw Failure(exit_code_of(error), name + ": " + error.what());
    }
}

/// Runs a command, or a part of it; prints what it throws to standard error and returns the exit
/// code.
int report_failures(const std::function<int()>& command);

constexpr int code_of(ExitCode code) {
    return static_cast<int>(code);
}
constexpr int code_of(StatusCode code) {
    return static_cast<int>(code);
}

} // namespace amphid
