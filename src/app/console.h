// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/exit_code.h"

#include <exception>
#include <functional>
#include <string>
#include <string_view>

namespace amphid {

/// Ends a command: the sentence and the exit code that main() leaves with.
class Failure : public std::exception {
public:
    Failure(ExitCode code, std::string text) : code_(code), text_(std::move(text)) {}
    ExitCode code() const { return code_; }
    const char* what() const noexcept override { return text_.c_str(); }

private:
    ExitCode code_;
    std::string text_;
};

/// Runs the body and says what went wrong in it, as a Failure or an OsError; the exit code.
int exit_code_of(const std::function<int()>& body);

/// To standard output, as it is. Throws OsError where it cannot be written.
void print(std::string_view text);

/// To standard error: "amphid: TEXT".
void print_error(std::string_view text);

constexpr int code_of(ExitCode code) {
    return static_cast<int>(code);
}
constexpr int code_of(StatusCode code) {
    return static_cast<int>(code);
}

} // namespace amphid
