// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/suspended.h"

#include "base/text.h"
#include "os/cgroup.h"
#include "os/files.h"
#include "os/process.h"

#include <fcntl.h>

namespace amphid {

namespace {

bool is_frozen(const std::string& cgroup) {
    const auto events = cgroup.empty()
                            ? std::nullopt
                            : read_small_file(AT_FDCWD, concat(cgroup, "/cgroup.events").c_str());
    return events && concat('\n', *events).find("\nfrozen 1\n") != std::string::npos;
}

} // namespace

std::string why_suspended(int pid) {
    const auto stat = pid > 0 ? read_stat(pid) : std::nullopt;
    if (!stat) {
        return {};
    }
    if (stat->state == 'T') {
        return concat("PID ", pid, " is stopped by a signal");
    }
    const std::string cgroup = cgroup_directory_of(pid);
    return is_frozen(cgroup) ? concat("PID ", pid, " is frozen by its cgroup ", cgroup)
                             : std::string();
}

} // namespace amphid
