// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/running_service.h"

#include "app/console.h"
#include "app/narrator.h"
#include "app/progress.h"
#include "app/standstill.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/presence.h"
#include "os/process.h"
#include "os/read_host.h"
#include "os/run_program.h"
#include "os/tree.h"

#include <algorithm>
#include <csignal>
#include <cstdint>
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

namespace {

/// Its files may be gone, or another user's: its launcher may be alive all the same.
void find_by_presence(const std::string& directory, Running& out) {
    const uid_t owner = out.found ? out.found->owner : ::geteuid();
    if (auto present = find_present(directory, owner)) {
        out.launcher = std::move(present->process);
        const ProcessId id = identify(present->pid, read_boot_id());
        const bool is_named = out.found && out.found->state.launcher.pid == id.pid &&
                              out.found->state.launcher.start_time == id.start_time;
        if (!is_named) {
            out.found = FoundState{};
            out.found->owner = owner;
            out.found->state.name = split_path(directory).second;
            out.found->state.launcher = id;
            out.stateless = true;
        }
    }
}

} // namespace

Running glance_at(const std::string& directory) {
    return glance_at(directory, look_into_directory(directory));
}

Running glance_at(const std::string& directory, const Fd& open) {
    Running out;
    out.found = open ? find_state(open) : std::nullopt;
    if (out.found) {
        out.launcher = open_claimed(*out.found, out.found->state.launcher);
        const bool foreign = out.found->owner != ::geteuid() && out.found->owner != 0;
        if (foreign && !out.launcher && !open_claimed(*out.found, out.found->state.main)) {
            out.found.reset(); // a state without a process
        }
    }
    if (!out.launcher) {
        find_by_presence(directory, out);
    }
    out.out_of_date = out.launcher && !out.stateless && is_active(out.found->state.state) &&
                      out.found->state.main.pid > 0 &&
                      !open_claimed(*out.found, out.found->state.main);
    return out;
}

namespace {

/// Not a stopped one: SIGCONT would continue it.
void ask_for_files(const Running& running) {
    const auto stat = read_stat(running.found->state.launcher.pid);
    if (stat && stat->state != 'T') {
        send_signal_as(running.found->owner, running.launcher, SIGCONT, look_word);
    }
}

} // namespace

Running look_at(const std::string& directory) {
    const auto is_believable = [](const Running& running) {
        return !running.stateless && !running.out_of_date;
    };
    Running out = glance_at(directory);
    if (is_believable(out)) {
        return out;
    }
    // A launcher that has just started will write its state in a moment; one whose files were
    // removed writes them again when told.
    const TimeSpan a_moment = is_locked(directory) ? milliseconds(3000) : milliseconds(1000);
    const TimeSpan end{monotonic_now().usec + a_moment.usec};
    Watch watch(directory);
    for (out = glance_at(directory); !is_believable(out); out = glance_at(directory)) {
        ask_for_files(out);
        const std::int64_t left_ms = (end.usec - monotonic_now().usec) / 1000;
        if (left_ms <= 0) {
            break;
        }
        // The directory may have been replaced by then.
        constexpr std::int64_t longest_ms = 50;
        watch.wait(out.launcher, static_cast<int>(std::min(left_ms, longest_ms)));
    }
    return out;
}

Running look_at_start(const std::string& directory) {
    const std::string file = concat(directory, '/', state_name);
    const auto is_seen = [&](const Running& running) {
        return running.found || (is_absent(file) && !is_locked(directory));
    };
    Running out = look_at(directory);
    if (is_seen(out)) {
        return out;
    }
    const TimeSpan end{monotonic_now().usec + milliseconds(1000).usec};
    Watch watch(directory);
    for (out = look_at(directory); !is_seen(out); out = look_at(directory)) {
        const std::int64_t left_ms = (end.usec - monotonic_now().usec) / 1000;
        constexpr std::int64_t longest_ms = 50; // a lock that is let go is no event
        if (left_ms <= 0) {
            break;
        }
        watch.wait({}, static_cast<int>(std::min(left_ms, longest_ms)));
    }
    return out;
}

bool runs_unsupervised(const Running& running) {
    return !running.launcher && running.found && !running.found->state.supervised &&
           is_active(running.found->state.state) &&
           open_claimed(*running.found, running.found->state.main);
}

bool is_systemds(const Running& running) {
    const bool runs = running.launcher || runs_unsupervised(running);
    if (!runs || running.found->state.unit.empty() ||
        running.found->state.manager == Manager::none) {
        return false;
    }
    const State& state = running.found->state;
    return ask_systemctl(state.manager, state.unit, "MainPID") == concat(answering(state).pid);
}

bool is_control_process(const Running& running, const Host& host) {
    if (!running.found || running.found->state.unit.empty() || !executed_by_systemd(host)) {
        return false;
    }
    // With Delegate= the unit's control processes have their own cgroup.
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

int delegate(const Running& running, std::string_view verb, const Narrator& narrator) {
    const State& state = running.found->state;
    narrator.step(concat("systemctl ", verb, ' ', state.unit));
    return run_systemctl(state.manager, verb, state.unit);
}

bool is_same_file(const std::string& one, const std::string& other) {
    struct stat a {};
    struct stat b {};
    return one == other || (::stat(one.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0 &&
                            a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

std::string taken_name_message(const std::string& name, const std::string& directory,
                               const State& state) {
    return concat(name == state.name ? concat("the name ", name)
                                     : concat("the runtime directory ", directory),
                  " is taken by ", state.config, " (PID ",
                  state.launcher.pid > 0 ? state.launcher.pid : state.main.pid, ')');
}

std::string orphan_message(const State& state) {
    const bool by_name = state.config.ends_with(concat("/amphid/", state.name, ".toml"));
    const std::string& word = by_name ? state.name : state.config;
    return concat(state.name, ": its launcher was killed, but ",
                  state.main.pid > 0 ? concat("its main process ", state.main.pid) : "some of it",
                  " still runs; `amphid start ", word, "` takes it over, `amphid stop ", word,
                  "` stops it");
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

std::string living_survivors(const FoundState& found) {
    const auto words = [](std::string_view list) {
        auto out = split(list, ',');
        for (std::string_view& word : out) {
            word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
        }
        return out;
    };
    const auto numbers = words(found.state.survivors);
    const auto began = words(found.state.survivors_began);
    std::string out;
    for (std::size_t i = 0; i < std::min(numbers.size(), began.size()); ++i) {
        const auto pid = parse_number<int>(numbers[i]);
        const auto start_time = parse_number<std::uint64_t>(began[i]);
        const bool lives = pid && start_time &&
                           open_claimed(found, {*pid, *start_time, found.state.launcher.boot_id});
        out += lives ? concat(out.empty() ? "" : ", ", *pid) : "";
    }
    return out;
}

std::string stateless_message(const std::string& directory, const Running& running) {
    const State& state = running.found->state;
    return concat(state.name, ": its launcher, PID ", state.launcher.pid,
                  ", is alive, but its state file ", directory, '/', state_name,
                  " is missing, out of date or cannot be read");
}

Patience::Patience(TimeSpan longest) : longest_(longest) {
    note_life();
}

void Patience::note_life() {
    end_ = longest_.is_infinite() ? longest_ : TimeSpan{monotonic_now().usec + longest_.usec};
}

bool Patience::is_over() const {
    return !end_.is_infinite() && monotonic_now().usec > end_.usec;
}

Policy policy_of(const KnownService& service) {
    return policy_of(service.config ? service.config->service : ServiceTable(), true);
}

Running await(const std::string& directory, Running running, const Awaited& awaited) {
    Progress progress(awaited.text);
    Watch watch(directory);
    Standstill standstill;
    Patience patience(awaited.longest);
    for (;;) {
        // Watched first, read then: no change can be missed.
        if (auto now = find_state(directory)) {
            if (running.stateless || now->state != running.found->state) {
                patience.note_life();
            }
            running.found = std::move(now);
            running.stateless = false;
        }
        awaited.seen(running);
        const bool gives_up = patience.is_over() && !awaited.under_way(running);
        if (awaited.done(running) || await_end(running.launcher, 0) || gives_up) {
            break;
        }
        if (!watch.wait(running.launcher, progress.interval_ms())) {
            progress.show();
            standstill.look(running);
        }
    }
    if (await_end(running.launcher, 0)) {
        if (auto now = find_state(directory)) {
            running.found = std::move(now);
        }
        awaited.seen(running);
        running.launcher.reset();
    }
    return running;
}

} // namespace amphid
