// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/run_program.h"

#include "base/text.h"
#include "os/fd.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/trust.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace amphid {

std::optional<ProgramResult> run_program(const std::vector<std::string>& argv, bool capture) {
    int ends[2] = {-1, -1};
    if (capture && ::pipe2(ends, O_CLOEXEC) < 0) {
        return std::nullopt;
    }
    Fd reader(ends[0]);
    Fd writer(ends[1]);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    if (capture) {
        ::posix_spawn_file_actions_adddup2(&actions, writer.get(), STDOUT_FILENO);
    }
    std::vector<char*> arguments;
    for (const std::string& argument : argv) {
        arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    pid_t pid = 0;
    const int error =
        ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), ::environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        errno = error;
        return std::nullopt;
    }
    writer.reset();
    ProgramResult out;
    if (capture) {
        out.output = read_all(reader.get(), 65536).value_or("");
    }
    reader.reset(); // remaining writers must not block on us
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    out.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return out;
}

std::string find_program(const std::string& path, const std::string& root) {
    const auto is_program = [&](const std::string& candidate) {
        struct stat st {};
        const std::string file = root + candidate;
        if (::stat(file.c_str(), &st) < 0) {
            return false;
        }
        if (S_ISDIR(st.st_mode)) {
            errno = EISDIR;
            return false;
        }
        // With effective IDs. A sandbox that denies the call itself (EPERM) has not denied access.
        return ::access(file.c_str(), X_OK) == 0 || errno == EPERM || errno == ENOSYS;
    };
    if (path.front() == '/') {
        if (!is_program(path)) {
            throw OsError("cannot execute", root + path);
        }
        return path;
    }
    for (const char* directory :
         {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"}) {
        const std::string candidate = concat(directory, '/', path);
        if (is_program(candidate)) {
            return candidate;
        }
    }
    throw OsError("cannot execute", path, ENOENT);
}

namespace {

/// systemd.service(5): with the prefix "+" the root directory is not entered.
std::string root_of(const Plan& plan, const Command& command) {
    return command.privileges == Privileges::privileged ? std::string()
                                                        : plan.context.root_directory;
}

} // namespace

void find_programs(Plan& plan) {
    for (auto& list : plan.commands) {
        for (Command& command : list) {
            try {
                command.path = find_program(command.path, root_of(plan, command));
            } catch (const OsError&) {
                if (!command.ignore_failure) {
                    throw;
                }
            }
        }
    }
}

void require_trusted_files(const Plan& plan) {
    const std::vector<uid_t>& trusted = plan.context.trusted_users;
    for (const auto& list : plan.commands) {
        for (const Command& command : list) {
            std::vector<uid_t> owners = trusted;
            const auto& uid = plan.context.credentials.uid;
            const bool as_user = command.privileges == Privileges::normal ||
                                 command.privileges == Privileges::ambient;
            if (uid && as_user) {
                owners.push_back(*uid);
            }
            require_trusted(root_of(plan, command) + command.path, owners);
        }
    }
    for (const EnvironmentFile& file : plan.context.environment_files) {
        require_trusted(file.path, trusted);
    }
}

} // namespace amphid
