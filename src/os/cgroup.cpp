// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/cgroup.h"

#include "base/text.h"
#include "os/files.h"
#include "os/random.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <linux/magic.h>
#include <optional>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace amphid {

namespace {

/// Where the unified hierarchy is mounted; next to version 1 it has its own mount point.
std::string hierarchy() {
    for (const char* path : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
        struct statfs fs {};
        if (::statfs(path, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC) {
            return path;
        }
    }
    return {};
}

/// A process's path in the unified hierarchy; empty if it has none.
std::string path_of(const std::string& process) {
    const std::string file = concat("/proc/", process, "/cgroup");
    const std::string text = read_small_file(AT_FDCWD, file.c_str()).value_or("");
    for (const std::string_view line : split(text, '\n')) {
        if (line.starts_with("0::/")) {
            return std::string(line.substr(3));
        }
    }
    return {};
}

bool exists(const std::string& path) {
    struct stat st {};
    return ::lstat(path.c_str(), &st) == 0;
}

/// systemd marks delegated cgroups; the trusted attribute is the system manager's.
bool is_delegated(const std::string& path) {
    for (const char* name : {"user.delegate", "trusted.delegate"}) {
        char value[2] = {};
        if (::getxattr(path.c_str(), name, value, sizeof value) == 1 && value[0] == '1') {
            return true;
        }
    }
    return false;
}

/// The directory in which we may create a cgroup.
std::optional<std::string> place() {
    const std::string root = hierarchy();
    const std::string own = path_of("self");
    if (root.empty() || own.empty()) {
        return std::nullopt;
    }
    const std::string here = own == "/" ? root : concat(root, own);
    if (is_delegated(here)) {
        return here;
    }
    // Except in a container's view, a systemd that manages the hierarchy lives in init.scope.
    if (exists("/run/systemd/system") || exists(concat(root, "/init.scope"))) {
        return std::nullopt;
    }
    // A daemon started by hand in a session of OpenRC's sshd does not belong to sshd.
    return own.starts_with("/openrc.") ? root : here;
}

std::vector<std::string> directories_in(const std::string& path) {
    std::vector<std::string> out;
    struct stat own {};
    if (::stat(path.c_str(), &own) == 0 && own.st_nlink == 2) {
        return out; // each subdirectory would add a link
    }
    for (const std::string& name : names_in(path)) {
        struct stat st {};
        const std::string below = concat(path, '/', name);
        if (::lstat(below.c_str(), &st) == 0 && S_ISDIR(st.st_mode)) {
            out.push_back(below);
        }
    }
    return out;
}

void add_members(const std::string& path, std::vector<int>& out) {
    const auto text = read_small_file(AT_FDCWD, concat(path, "/cgroup.procs").c_str(), 1 << 20);
    for (const std::string_view line :
         split(text ? std::string_view(*text) : std::string_view(), '\n')) {
        if (const auto pid = parse_number<int>(line); pid && *pid > 0) {
            out.push_back(*pid);
        }
    }
    for (const std::string& below : directories_in(path)) {
        add_members(below, out);
    }
}

} // namespace

std::string cgroup_directory_of(int pid) {
    const std::string root = hierarchy();
    const std::string path = path_of(concat(pid));
    return root.empty() || path.empty() ? std::string() : concat(root, path);
}

std::vector<std::uint64_t> cgroup_ids(const std::string& directory) {
    struct stat st {};
    if (::stat(directory.c_str(), &st) < 0 || st.st_ino == root_cgroup_id) {
        return {};
    }
    std::vector<std::uint64_t> out{st.st_ino};
    for (const std::string& below : directories_in(directory)) {
        for (const std::uint64_t id : cgroup_ids(below)) {
            out.push_back(id);
        }
    }
    return out;
}

Cgroup::Cgroup(std::string path, Fd directory)
    : path_(std::move(path)), directory_(std::move(directory)),
      events_(::openat(directory_.get(), "cgroup.events", O_RDONLY | O_CLOEXEC)) {}

namespace {

constexpr std::size_t random_bytes = 4;

std::string prefix_of(const std::string& name) {
    return concat("amphid.", name, '.');
}

/// Not those of a service whose name goes on behind this one and a dot.
bool is_of_service(std::string_view entry, const std::string& prefix) {
    return entry.starts_with(prefix) && entry.size() == prefix.size() + 2 * random_bytes &&
           entry.find('.', prefix.size()) == std::string_view::npos;
}

} // namespace

Cgroup Cgroup::make(const std::string& name, Leftovers leftovers) {
    const auto where = place();
    if (!where) {
        return {};
    }
    const std::string prefix = prefix_of(name);
    if (leftovers == Leftovers::remove) {
        for (const std::string& entry : names_in(*where)) {
            if (is_of_service(entry, prefix)) {
                ::rmdir(concat(*where, '/', entry).c_str()); // fails if a process is in it
            }
        }
    }
    // Containers may share the hierarchy: the name alone would not tell two services apart.
    const std::string path = concat(*where, '/', prefix, random_hex(random_bytes));
    return ::mkdir(path.c_str(), 0755) == 0 ? open_at(path) : Cgroup();
}

std::vector<std::string> Cgroup::inhabited(const std::string& name) {
    std::vector<std::string> out;
    const auto where = place();
    const std::string prefix = prefix_of(name);
    for (const std::string& entry : where ? names_in(*where) : std::vector<std::string>()) {
        if (!is_of_service(entry, prefix)) {
            continue;
        }
        std::string path = concat(*where, '/', entry);
        if (!open_at(path).empty()) {
            out.push_back(std::move(path));
        }
    }
    return out;
}

Cgroup Cgroup::open(const std::string& path) {
    const std::string root = hierarchy();
    return root.empty() || !path.starts_with(concat(root, '/')) ? Cgroup() : open_at(path);
}

Cgroup Cgroup::open_at(const std::string& path) {
    Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    return directory ? Cgroup(path, std::move(directory)) : Cgroup();
}

std::vector<int> Cgroup::members() const {
    std::vector<int> out;
    if (directory_) {
        add_members(path_, out);
    }
    return out;
}

bool Cgroup::contains(int pid) const {
    if (!directory_) {
        return false;
    }
    const std::string path = concat(hierarchy(), path_of(concat(pid)));
    return path == path_ || path.starts_with(concat(path_, '/'));
}

bool Cgroup::empty() const {
    // Through the watched descriptor: reading it re-arms the notification.
    std::array<char, 256> text;
    const ssize_t n = events_ ? ::pread(events_.get(), text.data(), text.size(), 0) : 0;
    return n <= 0 ||
           std::string_view(text.data(), static_cast<std::size_t>(n)).find("populated 1") ==
               std::string_view::npos;
}

bool Cgroup::kill() {
    const Fd file(directory_ ? ::openat(directory_.get(), "cgroup.kill", O_WRONLY | O_CLOEXEC)
                             : -1);
    killed_ = file && write_all(file.get(), "1");
    return killed_;
}

void Cgroup::release_members() const {
    const auto [above, name] = split_path(path_);
    const Fd procs(::open(concat(above, "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
    constexpr int most_looks = 16; // in case the service keeps forking
    for (int look = 0; procs && look < most_looks; ++look) {
        const std::vector<int> left = members();
        for (const int pid : left) {
            write_all(procs.get(), concat(pid)); // fails if the process has ended
        }
        if (left.empty()) {
            return;
        }
    }
}

void Cgroup::remove() {
    if (directory_) {
        if (::rmdir(path_.c_str()) < 0 && errno == EBUSY) {
            release_members();
            ::rmdir(path_.c_str());
        }
        events_.reset();
        directory_.reset();
    }
}

} // namespace amphid
