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

/// To standard output, as it is. Throws OsError where it cannot be written.
void print(std::string_view text);

/// To standard error: "amphid: TEXT".
void print_error(std::string_view text);

/// What the system's refusal exits with.
ExitCode exit_code_of(const OsError& error);

/// What fails in it is said of this service.
template <class F>
auto on_behalf_of(const std::string& name, F&& work) {
    try {
        return work();
    } catch (const OsError& error) {
        throw Failure(exit_code_of(error), name + ": " + error.what());
    }
}

/// Runs a command, or a part of it: what it throws is said on standard error, and is its exit code.
int report_failures(const std::function<int()>& command);

constexpr int code_of(ExitCode code) {
    return static_cast<int>(code);
}
constexpr int code_of(StatusCode code) {
    return static_cast<int>(code);
}

} // namespace amphid
