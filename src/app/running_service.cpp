// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/running_service.h"

#include "app/console.h"
#include "app/progress.h"
#include "base/text.h"
#include "os/os_error.h"
#include "os/process.h"
#include "os/read_host.h"
#include "os/run_program.h"
#include "os/tree.h"

#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

std::vector<std::string> systemctl(Manager manager, std::vector<std::string> arguments) {
    std::vector<std::string> out{"systemctl"};
    if (manager == Manager::user) {
        out.emplace_back("--user");
    }
    out.insert(out.end(), arguments.begin(), arguments.end());
    return out;
}

} // namespace

std::optional<std::string> ask_systemctl(Manager manager, const std::string& unit,
                                         std::string_view property) {
    const auto answer = run_program(
        systemctl(manager, {"show", concat("--property=", property), "--value", "--", unit}), true);
    if (!answer || answer->exit_code != 0) {
        return std::nullopt;
    }
    return answer->output.substr(0, answer->output.find('\n'));
}

Fd open_claimed(const FoundState& found, const ProcessId& id) {
    Fd process = open_process(id);
    const bool ours = found.owner == ::geteuid() || found.owner == 0;
    return process && (ours || user_of(id.pid) == found.owner) ? std::move(process) : Fd();
}

Running look_at(const std::string& directory) {
    Running out;
    out.found = find_state(directory);
    if (out.found) {
        out.launcher = open_claimed(*out.found, out.found->state.launcher);
        const bool foreign = out.found->owner != ::geteuid() && out.found->owner != 0;
        if (foreign && !out.launcher && !open_claimed(*out.found, out.found->state.main)) {
            out.found.reset(); // words without a process behind them
        }
    }
    return out;
}

bool is_systemds(const Running& running) {
    if (!running.launcher || running.found->state.unit.empty() ||
        running.found->state.manager == Manager::none) {
        return false;
    }
    const State& state = running.found->state;
    return ask_systemctl(state.manager, state.unit, "MainPID") == concat(state.launcher.pid);
}

bool is_control_process(const Running& running, const Host& host) {
    if (!running.found || running.found->state.unit.empty() || !executed_by_systemd(host)) {
        return false;
    }
    // Where the unit has Delegate=, its control processes have a cgroup of their own.
    constexpr std::string_view control = "/.control";
    std::string_view cgroup = host.cgroup;
    if (cgroup.ends_with(control)) {
        cgroup.remove_suffix(control.size());
    }
    return cgroup.ends_with(concat('/', running.found->state.unit));
}

int run_systemctl(Manager manager, std::string_view verb, const std::string& unit) {
    const auto answer = run_program(systemctl(manager, {std::string(verb), "--", unit}), false);
    if (!answer) {
        throw OsError("cannot execute", "systemctl");
    }
    return answer->exit_code;
}

int delegate(const Running& running, std::string_view verb) {
    const State& state = running.found->state;
    return run_systemctl(state.manager, verb, state.unit);
}

bool is_same_file(const std::string& one, const std::string& other) {
    struct stat a {};
    struct stat b {};
    return one == other || (::stat(one.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0 &&
                            a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

std::string words_of_a_taken_name(const std::string& name, const State& state) {
    return concat("the name ", name, " is taken by ", state.config, " (PID ",
                  state.launcher.pid > 0 ? state.launcher.pid : state.main.pid, ')');
}

std::string words_of_an_orphan(const State& state) {
    const bool by_name = state.config.ends_with(concat("/amphid/", state.name, ".toml"));
    const std::string& word = by_name ? state.name : state.config;
    return concat(state.name, ": its launcher was killed, but ",
                  state.main.pid > 0 ? concat("its main process ", state.main.pid) : "some of it",
                  " still runs; `amphid start ", word, "` takes it over, `amphid stop ", word,
                  "` ends it");
}

std::optional<State> find_orphan(const Running& running) {
    if (!running.found || running.launcher || !is_active(running.found->state.state)) {
        return std::nullopt;
    }
    State left = running.found->state;
    const bool alive = open_claimed(*running.found, left.main) ||
                       open_claimed(*running.found, left.control) ||
                       (running.found->owner == ::geteuid() && !Tree(left).members().empty());
    if (!alive) {
        return std::nullopt;
    }
    return left;
}

Running await(const std::string& directory, Running running, std::string_view awaited,
              const std::function<bool(const Running&)>& done) {
    Progress progress(awaited);
    Watch watch(directory);
    for (;;) {
        // Watched first, read then: no change can fall in between.
        running.found = find_state(directory);
        if (done(running) || await_end(running.launcher, 0)) {
            break;
        }
        if (!watch.wait(running.launcher, progress.interval_ms())) {
            progress.show();
        }
    }
    if (await_end(running.launcher, 0)) {
        running.found = find_state(directory);
        running.launcher.reset();
    }
    return running;
}

} // namespace amphid
