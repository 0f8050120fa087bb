// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/read_host.h"

#include "base/text.h"
#include "os/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

/// The path of a process in the unified hierarchy, or in systemd's own of a hybrid machine.
std::string cgroup_of(const std::string& process) {
    const std::string path = concat("/proc/", process, "/cgroup");
    const std::string text = read_small_file(AT_FDCWD, path.c_str()).value_or("");
    std::string unified;
    for (const std::string_view line : split(text, '\n')) {
        const auto colon = line.find(':');
        const auto path = colon == std::string_view::npos ? colon : line.find(':', colon + 1);
        if (path == std::string_view::npos) {
            continue;
        }
        const std::string_view controllers = line.substr(colon + 1, path - colon - 1);
        if (controllers == "name=systemd") {
            return std::string(line.substr(path + 1));
        }
        if (controllers.empty()) {
            unified = line.substr(path + 1);
        }
    }
    return unified.empty() ? "/" : unified;
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

} // namespace

Host read_host() {
    Host host;
    host.pid = ::getpid();
    host.uid = ::geteuid();
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
    host.output_is_journal = is_journal(host, STDOUT_FILENO);
    host.error_is_journal = is_journal(host, STDERR_FILENO);
    return host;
}

} // namespace amphid
