// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/usage.h"

#include "base/text.h"
#include "os/cgroup.h"
#include "os/files.h"

#include <cstdint>
#include <fcntl.h>
#include <map>
#include <unistd.h>

namespace amphid {

namespace {

/// The number at the start of a file.
std::optional<std::uint64_t> number_in(const std::string& file) {
    const auto text = read_small_file(AT_FDCWD, file.c_str());
    return text ? parse_number<std::uint64_t>(std::string_view(*text).substr(0, text->find('\n')))
                : std::nullopt;
}

std::optional<std::uint64_t> cpu_usec_of(const std::string& cgroup) {
    constexpr std::string_view label = "usage_usec ";
    const std::string text =
        read_small_file(AT_FDCWD, concat(cgroup, "/cpu.stat").c_str()).value_or("");
    for (const std::string_view line : split(text, '\n')) {
        if (line.starts_with(label)) {
            return parse_number<std::uint64_t>(line.substr(label.size()));
        }
    }
    return std::nullopt;
}

/// The cgroup that contains only the service and its launcher: its own, or its unit's.
std::string cgroup_of(const State& state) {
    if (!state.cgroup.empty() || state.unit.empty()) {
        return state.cgroup;
    }
    const std::string of_main = cgroup_directory_of(state.main.pid);
    const auto at = of_main.find(concat('/', state.unit));
    return at == std::string::npos ? std::string() : of_main.substr(0, at + 1 + state.unit.size());
}

/// Of proc_pid_stat(5).
struct ProcessUse {
    int parent = 0;
    std::uint64_t ticks = 0; // its own and those of its children that were waited for
    std::uint64_t threads = 0;
    std::uint64_t pages = 0;
};

std::optional<ProcessUse> look_at_process(int pid) {
    const auto text = read_small_file(AT_FDCWD, concat("/proc/", pid, "/stat").c_str());
    const auto end = text ? text->rfind(") ") : std::string::npos;
    if (end == std::string::npos) {
        return std::nullopt;
    }
    const auto words = split(std::string_view(*text).substr(end + 2), ' '); // the state is field 3
    const auto field = [&](std::size_t number) {
        return number - 3 < words.size()
                   ? parse_number<std::uint64_t>(words[number - 3]).value_or(0)
                   : 0;
    };
    return ProcessUse{static_cast<int>(field(4)), field(14) + field(15) + field(16) + field(17),
                      field(20), field(24)};
}

Usage sum_of_processes(const State& state) {
    std::map<int, ProcessUse> all;
    for (const int pid : numbers_in("/proc")) {
        if (const auto use = look_at_process(pid)) {
            all[pid] = *use;
        }
    }
    const auto is_service = [&](int pid) {
        for (int steps = 0; pid > 1 && steps < 1000; ++steps) {
            const auto process = all.find(pid);
            if (pid == state.main.pid) {
                return true;
            }
            if (process == all.end()) {
                return false;
            }
            pid = process->second.parent;
            if (state.launcher.pid > 0 && pid == state.launcher.pid) {
                return true;
            }
        }
        return false;
    };
    Usage out{0, 0, 0};
    const auto ticks = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    for (const auto& [pid, use] : all) {
        if (is_service(pid)) {
            *out.tasks += use.threads;
            *out.memory_bytes += use.pages * page;
            *out.cpu_usec += use.ticks * 1'000'000 / ticks;
        }
    }
    return out;
}

} // namespace

Usage measure_usage(const State& state) {
    if (state.main.pid <= 0 && state.launcher.pid <= 0) {
        return {};
    }
    const std::string cgroup = cgroup_of(state);
    Usage out;
    if (!cgroup.empty()) {
        out = {number_in(cgroup + "/pids.current"), number_in(cgroup + "/memory.current"),
               cpu_usec_of(cgroup)};
    }
    if (out.tasks && out.memory_bytes && out.cpu_usec) {
        return out;
    }
    const Usage processes = sum_of_processes(state); // for controllers that are not enabled
    return {out.tasks ? out.tasks : processes.tasks,
            out.memory_bytes ? out.memory_bytes : processes.memory_bytes,
            out.cpu_usec ? out.cpu_usec : processes.cpu_usec};
}

} // namespace amphid
