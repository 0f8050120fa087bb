// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/pager.h"

#include "base/text.h"
#include "os/fd.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid {

namespace {

std::vector<std::string> words_in(std::string_view text) {
    std::vector<std::string> out;
    for (const std::string_view word : split(text, ' ')) {
        if (!word.empty()) {
            out.emplace_back(word);
        }
    }
    return out;
}

pid_t spawn(std::vector<std::string> argv, Environment environment, int input) {
    const auto pointers = [](std::vector<std::string>& words) {
        std::vector<char*> out;
        for (std::string& word : words) {
            out.push_back(word.data());
        }
        out.push_back(nullptr);
        return out;
    };
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    pid_t pid = -1;
    const int error = ::posix_spawnp(&pid, argv.front().c_str(), &actions, nullptr,
                                     pointers(argv).data(), pointers(environment).data());
    ::posix_spawn_file_actions_destroy(&actions);
    return error == 0 ? pid : -1;
}

} // namespace

PagerChoice choose_pager(const Environment& environment, bool privileged) {
    const auto value = [&](std::string_view name) { return find_variable(environment, name); };
    const auto asked = value("SYSTEMD_PAGERSECURE");
    const bool secure = asked ? parse_boolean(*asked).value_or(true) : privileged;
    PagerChoice out;
    for (const std::string_view name : {"SYSTEMD_PAGER", "PAGER"}) {
        const auto pager = value(name);
        if (pager && (pager->empty() || *pager == "cat")) {
            return {};
        }
        // Where nobody has decided that it may, another pager than less is not run.
        if (pager && !(secure && !asked)) {
            out.commands.push_back(words_in(*pager));
            break;
        }
    }
    out.commands.push_back({"less"});
    if (!secure) {
        out.commands.push_back({"more"});
    }
    out.variables.push_back(concat("LESS=", value("SYSTEMD_LESS").value_or("FRSXMK")));
    if (const auto charset = value("SYSTEMD_LESSCHARSET")) {
        out.variables.push_back(concat("LESSCHARSET=", *charset));
    }
    if (secure) {
        out.variables.push_back("LESSSECURE=1");
    }
    return out;
}

Pager::Pager(const PagerChoice& choice) {
    int ends[2];
    if (choice.commands.empty() || ::pipe2(ends, O_CLOEXEC) < 0) {
        return;
    }
    const Fd reader(ends[0]);
    const Fd writer(ends[1]);
    Environment environment;
    for (char** entry = ::environ; *entry != nullptr; ++entry) {
        environment.emplace_back(*entry);
    }
    for (const std::string& variable : choice.variables) {
        const auto equals = variable.find('=');
        set_variable(environment, variable.substr(0, equals), variable.substr(equals + 1));
    }
    for (const std::vector<std::string>& command : choice.commands) {
        pid_ = command.empty() ? -1 : spawn(command, environment, reader.get());
        if (pid_ > 0) {
            break;
        }
    }
    if (pid_ > 0) {
        ::dup2(writer.get(), STDOUT_FILENO);
        ::signal(SIGINT, SIG_IGN);  // is the pager's
        ::signal(SIGPIPE, SIG_IGN); // it may be left before the end
    }
}

Pager::~Pager() {
    if (pid_ < 0) {
        return;
    }
    ::close(STDOUT_FILENO);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

} // namespace amphid
