// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/each_service.h"

#include "app/console.h"
#include "base/text.h"
#include "os/os_error.h"

#include <cerrno>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid {

namespace {

int code_of_child(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            throw OsError("cannot wait for", "a command's process");
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int code_in_own_process(const Arguments& arguments, int (*command)(const Arguments&)) {
    const pid_t child = ::fork();
    if (child < 0) {
        throw OsError("cannot fork for", arguments.operands.front());
    }
    if (child == 0) {
        ::_exit(report_failures([&] { return run_named(arguments, command); }));
    }
    return code_of_child(child);
}

} // namespace

int run_named(const Arguments& arguments, int (*command)(const Arguments&)) {
    try {
        return command(arguments);
    } catch (const OsError& error) {
        const std::string_view text = error.what();
        if (arguments.operands.size() != 1) {
            throw;
        }
        const std::string& word = arguments.operands.front();
        const bool is_named = text.find(word) != std::string_view::npos;
        throw Failure(exit_code_of(error), is_named ? error.what() : concat(word, ": ", text));
    }
}

int for_each_service(const Arguments& arguments, int (*command)(const Arguments&)) {
    if (arguments.operands.size() == 1) {
        return run_named(arguments, command);
    }
    int out = code_of(ExitCode::success);
    for (const std::string& operand : arguments.operands) {
        Arguments one = arguments;
        one.operands = {operand};
        const int code = code_in_own_process(one, command);
        out = out == code_of(ExitCode::success) ? code : out;
    }
    return out;
}

} // namespace amphid
