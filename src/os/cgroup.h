// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <cstdint>
#include <string>
#include <vector>

namespace amphid {

/// The kernel's number for the root of the unified hierarchy.
constexpr std::uint64_t root_cgroup_id = 1;

/// The directory of a process's cgroup in the unified hierarchy; empty if it has none.
std::string cgroup_directory_of(int pid);

/// The kernel's numbers for the cgroup in this directory and for those below it; none for the root,
/// which everything shares.
std::vector<std::uint64_t> cgroup_ids(const std::string& directory);

/// A cgroup (cgroups(7), version 2) that contains only one service's processes: they cannot leave
/// it by forking, and cgroup.kill ends them all at once. An empty object stands for no cgroup; all
/// its members do nothing.
class Cgroup {
public:
    Cgroup() = default;

    /// What happens to empty ones that killed launchers of this name left behind.
    enum class Leftovers : std::uint8_t { keep, remove };

    /// Creates one where we may: below a cgroup that was delegated to us
    /// (systemd.resource-control(5), Delegate=), or if no systemd manages the hierarchy. Otherwise
    /// the result is empty, which is not an error.
    static Cgroup make(const std::string& name, Leftovers leftovers);

    /// The paths of those that make() made for this name and in which processes are alive.
    static std::vector<std::string> inhabited(const std::string& name);

    /// Opens the one that a killed launcher left; empty if it no longer exists.
    static Cgroup open(const std::string& path);

    explicit operator bool() const { return static_cast<bool>(directory_); }

    /// Absolute, in the file system.
    const std::string& path() const { return path_; }
    /// The directory, for clone3(2)'s CLONE_INTO_CGROUP.
    int fd() const { return directory_.get(); }
    /// The file cgroup.events: EPOLLPRI after a change.
    int events() const { return events_.get(); }

    /// Including those in cgroups below it.
    std::vector<int> members() const;
    bool contains(int pid) const;
    /// True if no living process is in it or below.
    bool empty() const;
    /// Re-arms events() for the next change.
    void acknowledge() const { empty(); }
    /// Sends SIGKILL to all processes in it, including those being forked (Linux 5.14). False if
    /// the kernel cannot do that.
    bool kill();
    /// From 6.15 on the kernel also kills processes that clone3(2) puts into a cgroup killed
    /// earlier: it must not be used again.
    bool is_spent() const { return killed_; }
    /// Removes it. Processes left in it on purpose are moved to the parent cgroup, so that no empty
    /// one remains when they end, long after us.
    void remove();

private:
    static Cgroup open_at(const std::string& path);
    void release_members() const;
    Cgroup(std::string path, Fd directory);

    std::string path_;
    Fd directory_;
    Fd events_;
    bool killed_ = false;
};

} // namespace amphid
