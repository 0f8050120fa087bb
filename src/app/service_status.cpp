// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/service_status.h"

#include "app/running_service.h"
#include "app/suspended.h"
#include "app/unrecorded.h"
#include "base/text.h"
#include "os/files.h"
#include "os/process.h"

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>

namespace amphid {

namespace {

constexpr std::size_t shown_lines = 10;
constexpr off_t looked_at = 16384; // bytes read from the end of a log file

std::string command_line_of(int pid) {
    const auto text = read_small_file(AT_FDCWD, concat("/proc/", pid, "/cmdline").c_str());
    std::string out = text.value_or("");
    while (out.ends_with('\0')) {
        out.pop_back();
    }
    std::replace(out.begin(), out.end(), '\0', ' ');
    return out;
}

std::vector<std::string> last_lines_of(const std::string& file) {
    const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    const off_t size = fd ? ::lseek(fd.get(), 0, SEEK_END) : -1;
    if (size <= 0) {
        return {};
    }
    const off_t begin = std::max<off_t>(0, size - looked_at);
    std::string text(static_cast<std::size_t>(size - begin), '\0');
    const ssize_t length = ::pread(fd.get(), text.data(), text.size(), begin);
    text.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    auto lines = split(text, '\n');
    if (begin > 0) {
        lines.erase(lines.begin()); // truncated
    }
    const std::size_t from = lines.size() > shown_lines ? lines.size() - shown_lines : 0;
    return {lines.begin() + static_cast<std::ptrdiff_t>(from), lines.end()};
}

/// The file of standard error, or of standard output.
std::string output_file_of(const Config& config) {
    const std::string& error = config.service.standard_error.path;
    return error.empty() ? config.service.standard_output.path : error;
}

/// The information besides the state.
void add_configuration(const KnownService& service, ServiceStatus& out) {
    if (!service.config) {
        return;
    }
    out.description = service.config->unit.description;
    if (const std::string file = output_file_of(*service.config); !file.empty()) {
        out.output = last_lines_of(file);
    }
}

void correct(const Running& running, ServiceStatus& out) {
    out.known = true;
    out.state = running.found->state;
    out.launcher_lives = static_cast<bool>(running.launcher);
    out.main_lives = static_cast<bool>(open_claimed(*running.found, out.state.main));
    out.pid_file = ::access(out.state.pid_file.c_str(), F_OK) == 0;
    if (!out.launcher_lives) {
        out.state.launcher = {};
        out.supervised = out.state.supervised || !out.main_lives;
        out.state.next_restart_usec = 0;
        if (!out.main_lives) {
            out.state.main = {};
            out.state.ready_usec = 0;
            out.state.state = is_active(out.state.state) ? ServiceState::dead : out.state.state;
        }
    }
    // A live launcher does not mean a live service: it may not have noticed yet.
    const bool alive = out.state.main.pid > 0 ? out.main_lives : out.launcher_lives;
    const std::string service = out.main_lives ? why_suspended(out.state.main.pid) : "";
    out.suspended =
        service.empty() && out.launcher_lives ? why_suspended(out.state.launcher.pid) : service;
    const bool ready =
        is_active(out.state.state) && out.state.ready_usec != 0 && alive && service.empty();
    if (!out.launcher_lives) {
        out.survivors = living_survivors(*running.found);
    }
    out.stateless = running.stateless || running.out_of_date;
    out.code = out.stateless                         ? StatusCode::unknown
               : ready                               ? StatusCode::running
               : !out.survivors.empty()              ? StatusCode::unknown
               : !out.launcher_lives && out.pid_file ? StatusCode::dead_with_pid_file
                                                     : StatusCode::not_running;
}

/// What is alive although no state tells of it.
void add_unrecorded(const KnownService& service, bool has_state, ServiceStatus& out) {
    std::string words =
        unrecorded_message({service.name, service.directory, service.second_record}, has_state);
    if (!words.empty()) {
        out.readable = false;
        out.state.failure = std::move(words);
        out.code = StatusCode::unknown;
    }
}

} // namespace

ServiceStatus inspect(const KnownService& service) {
    ServiceStatus out;
    out.state.name = service.name;
    out.state.pid_file = concat(service.directory, '/', pid_name);
    out.configured = !service.file.path.empty() && !is_absent(service.file.path);
    out.file_note = !out.configured       ? "the file is gone"
                    : service.file.masked ? "masked"
                    : service.misread
                        ? concat("cannot be used; see `amphid check ", service.file.path, '`')
                        : std::string();
    out.known = out.configured;
    out.pid_file = ::access(out.state.pid_file.c_str(), F_OK) == 0;
    add_configuration(service, out);
    if (!service.taken.empty()) {
        out.state.failure = service.taken; // another file's service runs in its place
        return out;
    }
    const Running running = look_at_start(service.directory);
    if (running.found) {
        correct(running, out);
        if (!out.lives() && out.survivors.empty()) {
            add_unrecorded(service, true, out);
        }
        out.usage = measure_usage(out.state);
        if (out.main_lives) {
            out.main_command = command_line_of(out.state.main.pid);
        }
        return out;
    }
    // It exists, but is invalid or unreadable.
    const std::string file = concat(service.directory, '/', state_name);
    out.readable = is_absent(file) && !is_locked(service.directory);
    out.state.config = out.configured ? service.file.path : "";
    out.code = !out.readable || (!out.known && !out.pid_file) || service.misread
                   ? StatusCode::unknown
               : out.pid_file ? StatusCode::dead_with_pid_file
                              : StatusCode::not_running;
    add_unrecorded(service, false, out);
    return out;
}

} // namespace amphid
