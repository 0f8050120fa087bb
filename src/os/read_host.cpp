// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/read_host.h"

#include "base/text.h"
#include "os/files.h"
#include "os/journal_stream.h"

#include <array>
#include <cstdint>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace amphid {

namespace {

/// The path of a process in the unified hierarchy if systemd uses it, or else in systemd's own
/// hierarchy of cgroup v1. In a container both may be listed: the unused one is at "/".
std::string cgroup_of(const std::string& process) {
    const std::string file = concat("/proc/", process, "/cgroup");
    const std::string text = read_small_file(AT_FDCWD, file.c_str()).value_or("");
    std::string unified = "/";
    std::string named = "/";
    for (const std::string_view line : split(text, '\n')) {
        const auto begin = line.find(':');
        const auto end = begin == std::string_view::npos ? begin : line.find(':', begin + 1);
        if (end == std::string_view::npos) {
            continue;
        }
        const std::string_view controllers = line.substr(begin + 1, end - begin - 1);
        if (controllers.empty()) {
            unified = line.substr(end + 1);
        } else if (controllers == "name=systemd") {
            named = line.substr(end + 1);
        }
    }
    return unified != "/" ? unified : named;
}

bool exists(const char* path) {
    struct stat st {};
    return ::lstat(path, &st) == 0;
}

bool is_journal(const Host& host, int fd) {
    const auto stream = variable(host, "JOURNAL_STREAM");
    struct stat st {};
    return stream && ::fstat(fd, &st) == 0 && *stream == concat(st.st_dev, ':', st.st_ino);
}

std::string current_directory() {
    char* path = ::get_current_dir_name();
    std::string out = path == nullptr ? "/" : path;
    ::free(path);
    return out;
}

std::uint64_t permitted_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data{};
    ::syscall(SYS_capget, &header, data.data());
    return data[0].permitted | std::uint64_t{data[1].permitted} << 32;
}

void read_limits(Host& host) {
    for (std::size_t resource = 0; resource < limit_resources; ++resource) {
        rlimit limit{};
        ::getrlimit(static_cast<__rlimit_resource>(resource), &limit);
        host.limits[resource] = {limit.rlim_cur, limit.rlim_max};
    }
    host.capabilities = permitted_capabilities();
    host.nice = ::getpriority(PRIO_PROCESS, 0);
    std::string text = read_small_file(AT_FDCWD, "/proc/self/oom_score_adj").value_or("");
    host.oom_score_adjust = parse_number<int>(text.substr(0, text.find('\n'))).value_or(0);
}

/// The overflow UID if the user namespace does not map it; nullopt in the initial one, which maps
/// all users.
std::optional<uid_t> outside_uid() {
    const auto text = read_small_file(AT_FDCWD, "/proc/sys/kernel/overflowuid").value_or("");
    const auto overflow = parse_number<uid_t>(std::string_view(text).substr(0, text.find('\n')));
    const auto map = read_small_file(AT_FDCWD, "/proc/self/uid_map").value_or("");
    if (!overflow || map.empty()) {
        return std::nullopt;
    }
    for (const std::string_view line : split(map, '\n')) {
        std::vector<std::uint64_t> numbers; // inside, outside, count
        for (const std::string_view word : split(line, ' ')) {
            if (const auto number = parse_number<std::uint64_t>(word)) {
                numbers.push_back(*number);
            }
        }
        if (numbers.size() == 3 && *overflow >= numbers[0] && *overflow - numbers[0] < numbers[2]) {
            return std::nullopt;
        }
    }
    return overflow;
}

} // namespace

std::string systemd_cgroup_of_ours() {
    std::string own = cgroup_of("self");
    std::string root = cgroup_of("1");
    constexpr std::string_view of_the_manager = "/init.scope";
    if (root.ends_with(of_the_manager)) {
        root.resize(root.size() - of_the_manager.size());
        if (own.starts_with(concat(root, '/'))) {
            own.erase(0, root.size());
        }
    }
    return own;
}

Host read_host() {
    Host host;
    host.pid = ::getpid();
    host.uid = ::geteuid();
    if (host.uid == 0) {
        host.outside_uid = outside_uid();
    }
    for (char** entry = ::environ; *entry != nullptr; ++entry) {
        host.environment.emplace_back(*entry);
    }
    host.working_directory = current_directory();
    host.systemd_booted = exists("/run/systemd/system");
    if (const auto value = variable(host, "SYSTEMD_EXEC_PID")) {
        host.cgroup = cgroup_of("self");
        const auto exec_pid = parse_number<pid_t>(*value);
        host.exec_pid_shares_cgroup = exec_pid && *exec_pid > 0 && *exec_pid != host.pid &&
                                      host.cgroup.ends_with(".service") &&
                                      cgroup_of(concat(*exec_pid)) == host.cgroup;
    }
    for (const char* marker : {"/run/.containerenv", "/.dockerenv"}) {
        if (exists(marker)) {
            host.container_marker = marker;
        }
    }
    host.journal_runs = exists(journal_socket);
    read_limits(host);
    host.output_is_journal = is_journal(host, STDOUT_FILENO);
    host.error_is_journal = is_journal(host, STDERR_FILENO);
    return host;
}

} // namespace amphid
