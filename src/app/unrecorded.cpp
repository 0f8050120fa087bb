// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/unrecorded.h"

#include "app/console.h"
#include "base/text.h"
#include "os/cgroup.h"
#include "os/inheritance.h"
#include "os/process.h"
#include "os/runtime_files.h"
#include "os/second_record.h"

#include <algorithm>

namespace amphid {

namespace {

/// A service of the same name in another directory has its launcher, and its state there.
bool has_launcher(const std::vector<int>& members) {
    return std::any_of(members.begin(), members.end(), [](int pid) {
        const auto stat = read_stat(pid);
        return stat && runs_our_program(stat->ppid);
    });
}

std::string words_of(const Unrecorded& where, const std::string& processes,
                     const std::string& remedy) {
    return concat(where.name, ": its launcher was killed and its state file ", where.directory, '/',
                  state_name, " is gone or cannot be trusted, but PID ", processes,
                  " is still running; end it first, for example with `", remedy, '`');
}

std::string message_from_record(const Unrecorded& where) {
    const auto left = read_second_record(where.second_record);
    std::vector<int> members = left ? Inheritance(*left).members() : std::vector<int>();
    if (members.empty() || has_launcher(members)) {
        return {};
    }
    std::sort(members.begin(), members.end());
    std::string numbers;
    for (const int pid : members) {
        numbers += concat(' ', pid);
    }
    return words_of(where, list_of(members), concat("kill -9", numbers));
}

std::string message_from_cgroup(const Unrecorded& where) {
    for (const std::string& path : Cgroup::inhabited(where.name)) {
        const std::vector<int> members = Cgroup::open(path).members();
        if (!members.empty() && !has_launcher(members)) {
            return words_of(where, concat(list_of(members), " in ", path),
                            concat("echo 1 >", path, "/cgroup.kill"));
        }
    }
    return {};
}

} // namespace

std::string unrecorded_message(const Unrecorded& where, bool has_state) {
    std::string out = has_state ? std::string() : message_from_cgroup(where);
    return out.empty() ? message_from_record(where) : out;
}

void refuse_unrecorded(const Unrecorded& where, bool has_state) {
    if (const std::string words = unrecorded_message(where, has_state); !words.empty()) {
        throw Failure(ExitCode::failure, words);
    }
}

void remove_dead_record(const std::string& second_record) {
    if (const auto left = read_second_record(second_record);
        left && Inheritance(*left).members().empty()) {
        remove_second_record(second_record);
    }
}

} // namespace amphid
