// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/started_service.h"

#include "app/console.h"
#include "base/text.h"
#include "os/files.h"
#include "os/presence.h"
#include "os/process.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

/// True for the service of that file, or for a template of that instance.
bool is_of(const ServiceFile& file, const State& state) {
    return state.instance == file.instance.value_or("") && is_same_file(state.config, file.path);
}

/// True if the service of that file runs there, with or without its launcher.
bool runs_in(const std::string& directory, const ServiceFile& file) {
    const Running running = glance_at(directory);
    return running.found && is_of(file, running.found->state) &&
           (running.launcher || find_orphan(running));
}

/// The runtime directory of this process, if it is the launcher of the service of that file. A
/// launcher holds its directory open.
std::string directory_of_launcher(int pid, const ServiceFile& file) {
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
            is_of(file, running.found->state)) {
            return path;
        }
    }
    return {};
}

/// The directory, other than `here`, where it was started before the file was edited and still
/// runs; empty: none.
std::string find_where_it_was(const ServiceFile& file, const std::string& here,
                              const Whereabouts& whereabouts) {
    for (const std::string& directory : whereabouts.directories()) {
        if (!is_same_file(directory, here) && runs_in(directory, file)) {
            return directory;
        }
    }
    return {};
}

/// A directory where the service of that file runs, other than the one the file names now; empty:
/// none.
std::string find_elsewhere(const ServiceFile& file, const std::string& here, const Host& host) {
    std::string directory = find_where_it_was(file, here, Whereabouts(file, host));
    // If the note was removed, the launcher may still be alive.
    for (const int pid : directory.empty() ? numbers_in("/proc") : std::vector<int>()) {
        directory = runs_our_program(pid) ? directory_of_launcher(pid, file) : "";
        if (!directory.empty()) {
            break;
        }
    }
    return directory;
}

} // namespace

KnownService find_started_service(const std::string& service, const Host& host) {
    KnownService out = find_service(service, host);
    const Running here = glance_at(out.directory);
    if (here.stateless || runs_in(out.directory, out.file)) {
        return out;
    }
    if (const std::string elsewhere = find_elsewhere(out.file, out.directory, host);
        !elsewhere.empty()) {
        out.directory = elsewhere;
        out.name = glance_at(elsewhere).found->state.name;
        out.misread = false; // its own directories do not matter
        return out;
    }
    // It may have been ours and has just ended.
    if (here.found && (here.launcher || find_orphan(here)) && !here.found->state.config.empty() &&
        !is_of(out.file, here.found->state)) {
        out.taken = taken_name_message(out.name, out.directory, here.found->state);
    }
    return out;
}

std::string presence_of_file(const std::string& path, const std::string& instance) {
    return instance.empty() ? path : concat(path, ':', instance);
}

void refuse_second_copy(const Plan& plan, const std::string& instance,
                        const Whereabouts& whereabouts) {
    const ServiceFile file{plan.config, plan.name, {}, instance};
    std::string elsewhere = find_where_it_was(file, plan.paths.directory, whereabouts);
    if (elsewhere.empty()) {
        // A launcher also shows its presence by its file.
        const auto present = find_present(presence_of_file(plan.config, instance), ::geteuid());
        elsewhere = present ? directory_of_launcher(present->pid, file) : "";
    }
    if (elsewhere.empty() || is_same_file(elsewhere, plan.paths.directory)) {
        return;
    }
    const Running running = glance_at(elsewhere);
    if (running.launcher || find_orphan(running)) {
        const State& state = running.found->state;
        throw Failure(ExitCode::failure,
                      concat(plan.name, ": the service of ", plan.config, " already runs, as ",
                             state.name, " in ", elsewhere, ", not in ", plan.paths.directory,
                             " (PID ", state.launcher.pid, ", main PID ", state.main.pid,
                             "); a second copy is not started: stop that one first"));
    }
}

Running look_at(const KnownService& service) {
    return service.taken.empty() ? look_at_start(service.directory) : Running{};
}

} // namespace amphid
