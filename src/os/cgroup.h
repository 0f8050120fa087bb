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

/// The directory of a process's cgroup in the unified hierarchy; empty where it shows none.
std::string cgroup_directory_of(int pid);

/// The kernel's numbers for the cgroup in this directory and for those below it; none for the root,
/// which is everybody's.
std::vector<std::uint64_t> cgroup_ids(const std::string& directory);

/// A cgroup (cgroups(7), version 2) that holds one service's processes and nobody else's: who is in
/// it cannot leave by forking, and cgroup.kill ends all of it at once. Alive means that there is
/// one. Where it is empty all members are harmless.
class Cgroup {
public:
    Cgroup() = default;

    /// Makes one where the tree is ours: below a cgroup that was delegated to us
    /// (systemd.resource-control(5), Delegate=), or where no systemd manages the hierarchy. Empty
    /// where there is no such place, which is no error.
    static Cgroup make(const std::string& name);

    /// Removes the empty ones that launchers of this name left where they were killed.
    static void sweep(const std::string& name);

    /// The one that a killed launcher left; empty where it is gone.
    static Cgroup open(const std::string& path);

    explicit operator bool() const { return static_cast<bool>(directory_); }

    /// Absolute, in the file system.
    const std::string& path() const { return path_; }
    /// The directory, for clone3(2)'s CLONE_INTO_CGROUP.
    int fd() const { return directory_.get(); }
    /// The file cgroup.events: EPOLLPRI where it has changed.
    int events() const { return events_.get(); }

    /// Those in cgroups below it included.
    std::vector<int> members() const;
    bool contains(int pid) const;
    /// No living process is in it or below.
    bool empty() const;
    /// Takes the news of events(): the next change is news again.
    void acknowledge() const { empty(); }
    /// SIGKILL for everybody in it, and for whoever is forked meanwhile (Linux 5.14). False where
    /// the kernel cannot.
    bool kill();
    /// Kernels from 6.15 on kill also whom clone3(2) puts into a cgroup that was killed once: it is
    /// not to be used again.
    bool is_spent() const { return killed_; }
    /// Removes it. Whoever is left in it on purpose is moved to the cgroup above, so that no empty
    /// one stays when that process ends, long after us.
    void remove();

private:
    void release_members() const;
    Cgroup(std::string path, Fd directory);

    std::string path_;
    Fd directory_;
    Fd events_;
    bool killed_ = false;
};

} // namespace amphid
