// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/each_service.h"

#include "app/console.h"
#include "base/text.h"
#include "os/os_error.h"

#include <algorithm>
#include <cerrno>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

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

/// Children that run at the same time, and their codes in the order of their start.
class Children {
public:
    void run(const Arguments& arguments, int (*command)(const Arguments&)) {
        pid_t child = ::fork();
        if (child < 0 && codes_.size() < pids_.size()) {
            await_all(); // there may be room now
            child = ::fork();
        }
        if (child < 0) {
            const OsError error("cannot fork for", arguments.operands.front());
            await_all();
            throw error;
        }
        if (child == 0) {
            ::_exit(report_failures([&] { return run_named(arguments, command); }));
        }
        pids_.push_back(child);
    }

    const std::vector<int>& await_all() {
        while (codes_.size() < pids_.size()) {
            codes_.push_back(code_of_child(pids_[codes_.size()]));
        }
        return codes_;
    }

private:
    std::vector<pid_t> pids_;
    std::vector<int> codes_;
};

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
    Children children;
    for (const std::string& operand : arguments.operands) {
        Arguments one = arguments;
        one.operands = {operand};
        children.run(one, command);
    }
    const std::vector<int>& codes = children.await_all();
    const auto failed =
        std::find_if(codes.begin(), codes.end(), [](int code) { return code != 0; });
    return failed == codes.end() ? code_of(ExitCode::success) : *failed;
}

} // namespace amphid
