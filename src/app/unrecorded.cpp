// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/unrecorded.h"

#include "app/console.h"
#include "base/text.h"
#include "os/cgroup.h"
#include "os/process.h"
#include "os/runtime_files.h"

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

} // namespace

void refuse_unrecorded(const std::string& name, const std::string& directory) {
    for (const std::string& path : Cgroup::inhabited(name)) {
        const std::vector<int> members = Cgroup::open(path).members();
        if (members.empty() || has_launcher(members)) {
            continue;
        }
        throw Failure(ExitCode::failure,
                      concat(name, ": its launcher was killed and its state file ", directory, '/',
                             state_name, " is gone or cannot be trusted, but PID ",
                             list_of(members), " in ", path,
                             " is still running; end it first, for example with `echo 1 >", path,
                             "/cgroup.kill`"));
    }
}

} // namespace amphid
