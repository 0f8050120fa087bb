// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/commands.h"
#include "app/console.h"
#include "app/running_service.h"
#include "app/started_service.h"
#include "base/text.h"
#include "os/files.h"
#include "os/kernel.h"
#include "os/os_error.h"
#include "os/process.h"
#include "os/read_host.h"
#include "plan/document.h"

#include <algorithm>
#include <ctime>
#include <unistd.h>

namespace amphid {

namespace {

/// A service as it is now: the last state, corrected by what lives.
struct Sight {
    State state;
    bool launcher_lives = false;
    bool main_lives = false;
    bool known = true;    // has a configuration
    bool readable = true; // has no state, or one to believe
    bool pid_file = false;
    bool stateless = false;
    std::string survivors; // of the last stop
    StatusCode code = StatusCode::not_running;
};

Sight see(const KnownService& service) {
    Sight out;
    out.state.name = service.name;
    out.state.pid_file = concat(service.directory, '/', pid_name);
    out.known = ::access(service.file.path.c_str(), F_OK) == 0;
    out.pid_file = ::access(out.state.pid_file.c_str(), F_OK) == 0;
    if (!service.taken.empty()) {
        out.state.failure = service.taken;
        return out;
    }
    const Running running = look_at(service.directory);
    const std::string file = concat(service.directory, '/', state_name);
    if (!running.found) {
        // There, but not to be believed or not to be read.
        out.readable = is_absent(file) && !is_locked(service.directory);
        out.code = !out.readable || (!out.known && !out.pid_file) || service.misread
                       ? StatusCode::unknown
                   : out.pid_file ? StatusCode::dead_with_pid_file
                                  : StatusCode::not_running;
        return out;
    }
    out.known = true;
    out.state = running.found->state;
    out.launcher_lives = static_cast<bool>(running.launcher);
    out.main_lives = static_cast<bool>(open_claimed(*running.found, out.state.main));
    out.pid_file = ::access(out.state.pid_file.c_str(), F_OK) == 0;
    if (!out.launcher_lives) {
        out.state.launcher = {};
        if (!out.main_lives) {
            out.state.main = {};
            out.state.ready_usec = 0;
            out.state.state = is_active(out.state.state) ? ServiceState::dead : out.state.state;
        }
    }
    // A live launcher is not a live service: it may not have noticed yet.
    const bool alive = out.state.main.pid > 0 ? out.main_lives : out.launcher_lives;
    const bool ready = is_active(out.state.state) && out.state.ready_usec != 0 && alive;
    if (!out.launcher_lives) {
        out.survivors = living_survivors(*running.found);
    }
    out.stateless = running.stateless;
    out.code = out.stateless                         ? StatusCode::unknown
               : ready                               ? StatusCode::running
               : !out.survivors.empty()              ? StatusCode::unknown
               : !out.launcher_lives && out.pid_file ? StatusCode::dead_with_pid_file
                                                     : StatusCode::not_running;
    return out;
}

std::string time_text(std::uint64_t usec) {
    const auto seconds = static_cast<std::time_t>(usec / 1'000'000);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    char text[64];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %Z", &local)};
}

std::string headline(const Sight& sight) {
    const State& state = sight.state;
    if (!sight.readable) {
        return "unknown, its state cannot be read or believed";
    }
    if (sight.stateless) {
        return "unknown, its launcher lives, but its state is gone or cannot be read";
    }
    if (!sight.known && state.launcher.pid == 0 && state.config.empty()) {
        return "unknown, it has neither a configuration nor a state";
    }
    if (!sight.launcher_lives && sight.main_lives) {
        return "running without its launcher, which was killed";
    }
    std::string text(name_of(state.state));
    if (state.ready_usec != 0) {
        text += concat(", ready since ", time_text(state.ready_usec));
    } else if (!state.waiting_for.empty() && sight.launcher_lives) {
        text += concat(", waiting for ", state.waiting_for);
    } else if (!state.failure.empty() &&
               (!sight.launcher_lives || state.state == ServiceState::auto_restart)) {
        // "web failed to start: …" goes on from "web: failed".
        const std::string known = concat(state.name, ' ', text);
        text += state.failure.starts_with(known) ? state.failure.substr(known.size())
                                                 : concat("; ", state.failure);
    }
    return text;
}

std::string describe(const Sight& sight) {
    const State& state = sight.state;
    std::string out = concat(state.name, ": ", printable(headline(sight)), '\n');
    const auto line = [&](std::string_view label, std::string_view text) {
        if (!text.empty()) {
            std::string padded = concat("  ", label);
            padded.resize(14, ' ');
            out += concat(padded, printable(text), '\n');
        }
    };
    line("config", state.config);
    if (sight.launcher_lives) {
        line("mode", name_of(state.mode));
        line("unit", state.unit);
        line("launcher", concat("PID ", state.launcher.pid));
    }
    if (sight.main_lives) {
        line("main", concat("PID ", state.main.pid));
        line("status", state.status_text);
        line("holds", state.met);
        line("ill", state.ailment);
    }
    line("errno", errno_text(state.status_errno));
    line("bus error", state.status_bus_error);
    line("survived", sight.survivors.empty() ? "" : concat("PID ", sight.survivors));
    line("restarts", state.restarts == 0 ? "" : concat(state.restarts));
    line("pid file", sight.pid_file ? state.pid_file : "");
    return out;
}

} // namespace

int run_status(const Arguments& arguments) {
    require_process_handles();
    const Host host = read_host();
    std::vector<KnownService> services;
    for (const std::string& word : arguments.operands) {
        services.push_back(find_started_service(word, host));
    }
    if (arguments.operands.empty()) {
        services = all_services(host);
    }
    int code = 0;
    std::string text;
    for (const KnownService& service : services) {
        const Sight sight = see(service);
        code = std::max(code, code_of(sight.code));
        text += arguments.json ? encode_json(sight.state) + '\n' : describe(sight);
    }
    try {
        print(text);
    } catch (const OsError& error) {
        // Nobody has been told anything.
        print_error(error.what());
        return code_of(StatusCode::unknown);
    }
    return arguments.operands.empty() ? 0 : code;
}

} // namespace amphid
