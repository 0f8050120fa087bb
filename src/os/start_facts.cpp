// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/start_facts.h"

#include "base/text.h"
#include "os/files.h"
#include "os/virtualization.h"

#include <algorithm>
#include <cstdint>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

// systemd, src/shared/condition.c.

namespace amphid {

namespace {

std::string line_of(const std::string& path) {
    const std::string text = read_small_file(AT_FDCWD, path.c_str()).value_or("");
    return text.substr(0, text.find('\n'));
}

bool exists(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

bool has_mode(const std::string& path, mode_t type) {
    struct stat st {};
    return ::stat(path.c_str(), &st) == 0 && (st.st_mode & S_IFMT) == type;
}

bool is_link(const std::string& path) {
    struct stat st {};
    return ::lstat(path.c_str(), &st) == 0 && S_ISLNK(st.st_mode);
}

bool matches_something(const std::string& pattern) {
    glob_t found{};
    const bool out = ::glob(pattern.c_str(), GLOB_NOSORT | GLOB_BRACE, nullptr, &found) == 0;
    ::globfree(&found);
    return out;
}

bool is_mount_point(const std::string& path) {
    struct statx st {};
    if (::statx(AT_FDCWD, path.c_str(), AT_NO_AUTOMOUNT, 0, &st) < 0) {
        return false;
    }
    return (st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

bool is_read_write(const std::string& path) {
    struct statvfs st {};
    return ::statvfs(path.c_str(), &st) == 0 && (st.f_flag & ST_RDONLY) == 0;
}

bool is_executable(const std::string& path) {
    struct stat st {};
    return ::stat(path.c_str(), &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111) != 0;
}

bool is_not_empty(const std::string& path) {
    struct stat st {};
    return ::stat(path.c_str(), &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}

/// /usr is newer than the stamp that an update leaves in /etc or /var.
bool needs_update(const std::string& path) {
    if (!is_read_write(path)) {
        return false;
    }
    struct stat usr {};
    struct stat stamp {};
    if (::lstat("/usr/", &usr) < 0) {
        return false;
    }
    if (::lstat(concat(path, "/.updated").c_str(), &stamp) < 0) {
        return true;
    }
    return usr.st_mtim.tv_sec != stamp.st_mtim.tv_sec ? usr.st_mtim.tv_sec > stamp.st_mtim.tv_sec
                                                      : usr.st_mtim.tv_nsec > stamp.st_mtim.tv_nsec;
}

bool is_user(const std::string& word) {
    if (const auto uid = parse_number<uid_t>(word)) {
        return *uid == ::getuid() || *uid == ::geteuid();
    }
    constexpr uid_t last_of_system = 999;
    if (word == "@system") {
        return ::getuid() <= last_of_system;
    }
    const passwd* const user = ::getpwnam(word.c_str());
    return user != nullptr && (user->pw_uid == ::getuid() || user->pw_uid == ::geteuid());
}

bool is_member(const std::string& word) {
    auto gid = parse_number<gid_t>(word);
    if (!gid) {
        const group* const entry = ::getgrnam(word.c_str());
        gid = entry == nullptr ? gid : std::optional(entry->gr_gid);
    }
    std::vector<gid_t> groups(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
    ::getgroups(static_cast<int>(groups.size()), groups.data());
    return gid && (*gid == ::getgid() || *gid == ::getegid() ||
                   std::find(groups.begin(), groups.end(), *gid) != groups.end());
}

/// All words, separated by blanks or colons.
bool has_controllers(const std::string& words) {
    const bool unified = exists("/sys/fs/cgroup/cgroup.controllers");
    if (words == "v1" || words == "v2") {
        return unified == (words == "v2");
    }
    const std::string list =
        concat(' ', line_of(unified ? "/sys/fs/cgroup/cgroup.controllers" : "/proc/cgroups"), ' ');
    for (const std::string_view word : split(words, ' ')) {
        const bool there = unified ? list.find(concat(' ', word, ' ')) != std::string::npos
                                   : exists(concat("/sys/fs/cgroup/", word));
        if (!word.empty() && !there) {
            return false;
        }
    }
    return true;
}

bool answer(const StartQuestion& question) {
    const std::string& path = question.parameter;
    switch (question.kind) {
    case ConditionKind::path_exists:
        return exists(path);
    case ConditionKind::path_exists_glob:
        return matches_something(path);
    case ConditionKind::path_is_directory:
        return has_mode(path, S_IFDIR);
    case ConditionKind::path_is_symbolic_link:
        return is_link(path);
    case ConditionKind::path_is_mount_point:
        return is_mount_point(path);
    case ConditionKind::path_is_read_write:
        return is_read_write(path);
    case ConditionKind::directory_not_empty:
        return has_mode(path, S_IFDIR) && !names_in(path).empty();
    case ConditionKind::file_not_empty:
        return is_not_empty(path);
    case ConditionKind::file_is_executable:
        return is_executable(path);
    case ConditionKind::needs_update:
        return needs_update(path);
    case ConditionKind::user:
        return is_user(path);
    case ConditionKind::group:
        return is_member(path);
    case ConditionKind::control_group_controller:
        return has_controllers(path);
    default:
        return false;
    }
}

/// systemd, on_ac_power(): mains power is online; otherwise no battery is discharging.
bool has_mains_power() {
    const std::string all = "/sys/class/power_supply";
    bool discharging = false;
    bool mains = false;
    for (const std::string& name : names_in(all)) {
        const std::string supply = concat(all, '/', name);
        const std::string type = line_of(supply + "/type");
        if (type == "Battery") {
            discharging = discharging || line_of(supply + "/status") == "Discharging";
        } else if (line_of(supply + "/online") == "1") {
            return true;
        } else if (type == "Mains") {
            mains = true;
        }
    }
    return !mains && !discharging;
}

std::vector<std::string> security_in_use() {
    std::vector<std::string> out;
    const auto add = [&](const char* word, bool used) {
        if (used) {
            out.emplace_back(word);
        }
    };
    add("selinux", exists("/sys/fs/selinux/enforce"));
    add("apparmor", line_of("/sys/module/apparmor/parameters/enabled") == "Y");
    add("tomoyo", exists("/sys/kernel/security/tomoyo/version"));
    add("ima", exists("/sys/kernel/security/ima/"));
    add("smack", exists("/sys/fs/smackfs/"));
    add("audit", exists("/proc/self/loginuid") && line_of("/proc/self/loginuid") != "");
    add("tpm2", exists("/sys/class/tpmrm/tpmrm0"));
    const auto secure_boot = read_small_file(
        AT_FDCWD, "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c");
    add("uefi-secureboot", secure_boot && secure_boot->size() == 5 && secure_boot->back() == 1);
    return out;
}

std::uint64_t bounding_set() {
    std::uint64_t out = 0;
    for (unsigned number = 0; number < 64; ++number) {
        out |= ::prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1 ? std::uint64_t{1} << number : 0;
    }
    return out;
}

} // namespace

StartFacts read_start_facts(const std::vector<StartQuestion>& questions) {
    StartFacts out;
    for (const StartQuestion& question : questions) {
        out.answers.emplace(question, answer(question));
    }
    utsname name{};
    ::uname(&name);
    out.machine = name.machine;
    out.kernel_release = name.release;
    out.host_name = name.nodename;
    out.kernel_command_line = line_of("/proc/cmdline");
    out.machine_id = line_of("/etc/machine-id");
    out.container = detect_container();
    out.virtual_machine = detect_virtual_machine();
    out.private_users = in_user_namespace();
    for (char** entry = ::environ; *entry != nullptr; ++entry) {
        out.environment.emplace_back(*entry);
    }
    out.bounding_set = bounding_set();
    out.security = security_in_use();
    out.mains_power = has_mains_power();
    out.first_boot = exists("/run/systemd/first-boot");
    cpu_set_t cpus;
    if (::sched_getaffinity(0, sizeof cpus, &cpus) == 0) {
        out.cpus = static_cast<unsigned>(CPU_COUNT(&cpus));
    }
    out.memory = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                 static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return out;
}

} // namespace amphid
