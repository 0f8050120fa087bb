// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/started_service.h"

#include "base/text.h"
#include "os/files.h"
#include "os/process.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

/// True where a service of that file runs there, with or without its launcher.
bool runs_in(const std::string& directory, const std::string& config) {
    const Running running = glance_at(directory);
    return running.found && is_same_file(running.found->state.config, config) &&
           (running.launcher || find_orphan(running));
}

/// The runtime directory of this process, if it is the launcher of a service of that file. A
/// launcher holds its directory open.
std::string directory_of_launcher(int pid, const std::string& config) {
    const std::string descriptors = concat("/proc/", pid, "/fd");
    for (const std::string& number : names_in(descriptors)) {
        const std::string link = concat(descriptors, '/', number);
        struct stat st {};
        if (::stat(link.c_str(), &st) < 0 || !S_ISDIR(st.st_mode)) {
            continue;
        }
        std::string path(4096, '\0');
        const ssize_t size = ::readlink(link.c_str(), path.data(), path.size());
        path.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        const Running running = glance_at(path);
        if (running.launcher && running.found->state.launcher.pid == pid &&
            is_same_file(running.found->state.config, config)) {
            return path;
        }
    }
    return {};
}

bool is_one_of_us(int pid) {
    struct stat theirs {};
    struct stat ours {};
    return ::stat(concat("/proc/", pid, "/exe").c_str(), &theirs) == 0 &&
           ::stat("/proc/self/exe", &ours) == 0 && theirs.st_dev == ours.st_dev &&
           theirs.st_ino == ours.st_ino;
}

/// Where a service of that file runs, other than where the file now says; empty: nowhere.
std::string find_elsewhere(const std::string& config, const Host& host) {
    for (const KnownService& other : services_with_files(host)) {
        if (runs_in(other.directory, config)) {
            return other.directory;
        }
    }
    // Out of the usual place by a runtime-directory that the file no longer has.
    for (const int pid : numbers_in("/proc")) {
        std::string directory =
            is_one_of_us(pid) ? directory_of_launcher(pid, config) : std::string();
        if (!directory.empty()) {
            return directory;
        }
    }
    return {};
}

} // namespace

KnownService find_started_service(const std::string& service, const Host& host) {
    KnownService out = find_service(service, host);
    const std::string& config = out.file.path;
    const Running here = glance_at(out.directory);
    if (here.stateless || runs_in(out.directory, config)) {
        return out;
    }
    if (const std::string elsewhere = find_elsewhere(config, host); !elsewhere.empty()) {
        out.directory = elsewhere;
        out.name = glance_at(elsewhere).found->state.name;
        out.misread = false; // what it says of its places does not matter
        return out;
    }
    // It may have been ours, and have ended in between.
    if (here.found && (here.launcher || find_orphan(here)) && !here.found->state.config.empty() &&
        !is_same_file(here.found->state.config, config)) {
        out.taken = words_of_a_taken_name(out.name, here.found->state);
    }
    return out;
}

Running look_at(const KnownService& service) {
    return service.taken.empty() ? look_at(service.directory) : Running{};
}

} // namespace amphid
