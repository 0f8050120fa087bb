// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/inheritance.h"

#include "base/text.h"
#include "os/files.h"
#include "os/process.h"

#include <algorithm>
#include <cstdint>
#include <fcntl.h>
#include <map>
#include <set>
#include <unistd.h>

namespace amphid {

namespace {

constexpr std::size_t largest_environment = 8U << 20;

bool has_variable(int pid, std::string_view assignment) {
    const auto text =
        read_small_file(AT_FDCWD, concat("/proc/", pid, "/environ").c_str(), largest_environment);
    const auto entries = split(text ? std::string_view(*text) : std::string_view(), '\0');
    return std::find(entries.begin(), entries.end(), assignment) != entries.end();
}

std::vector<int> with_descendants(std::vector<int> todo, const std::multimap<int, int>& children) {
    std::vector<int> out;
    std::set<int> known;
    while (!todo.empty()) {
        const int pid = todo.back();
        todo.pop_back();
        if (!known.insert(pid).second) {
            continue;
        }
        out.push_back(pid);
        const auto [begin, end] = children.equal_range(pid);
        for (auto child = begin; child != end; ++child) {
            todo.push_back(child->second);
        }
    }
    return out;
}

} // namespace

std::optional<uid_t> user_of(int pid) {
    const std::string status = read_status(pid);
    const auto ids = split(status_field(status, "Uid"), '\t');
    const bool one =
        std::all_of(ids.begin(), ids.end(), [&](auto id) { return id == ids.front(); });
    return one ? parse_number<uid_t>(ids.front()) : std::nullopt;
}

namespace {

std::uint64_t read_start_time_of_init() {
    const auto stat = read_stat(1);
    return stat ? stat->start_time : 0; // hidden from us: assume since ever
}

std::uint64_t start_time_of_init() {
    static const std::uint64_t since = read_start_time_of_init(); // we do not outlive it
    return since;
}

/// Also if one of them could not be read.
bool may_be_this_init(std::uint64_t start_time) {
    const std::uint64_t now = start_time == 0 ? 0 : start_time_of_init();
    return now == 0 || now == start_time;
}

bool leads_since_later(int number, const Lineage& lineage) {
    const auto leader = read_stat(number);
    return leader && leader->start_time > lineage.since;
}

} // namespace

Lineage lineage_of(int pid, uid_t uid, const Standing& launcher) {
    const auto stat = read_stat(pid);
    if (!stat || stat->group == launcher.group) {
        return {};
    }
    const bool own = launcher.is_daemon || stat->session != launcher.session;
    return {stat->session, stat->group, own, uid, stat->start_time, start_time_of_init()};
}

Lineage lineage_to_be(const ProcessId& main, bool own_session, uid_t uid,
                      const Standing& launcher) {
    return {own_session ? main.pid : launcher.session,
            main.pid,
            launcher.is_daemon || own_session,
            uid,
            main.start_time,
            start_time_of_init()};
}

Inheritance::Inheritance(const State& left) : users_{::geteuid()} {
    if (!may_be_this_boot(left.launcher.boot_id) || !may_be_this_init(left.lineage.init)) {
        return; // no process survives that
    }
    main_ = left.main;
    invocation_id_ = left.invocation_id;
    lineage_ = left.lineage;
    if (lineage_.group != 0) {
        users_.push_back(lineage_.uid);
    }
    main_lives_ = static_cast<bool>(open_process(main_));
    if (main_lives_) {
        if (const auto user = user_of(main_.pid)) {
            users_.push_back(*user);
        }
        renew_lineage(left.mode == Mode::daemon);
    } else if (leads_since_later(lineage_.session, lineage_) ||
               leads_since_later(lineage_.group, lineage_)) {
        lineage_ = {};
    }
}

/// The main process itself is authoritative: it may have created a session since the state was
/// written.
void Inheritance::renew_lineage(bool of_daemon) {
    const auto stat = read_stat(main_.pid);
    if (stat && (of_daemon || lineage_.group != 0)) {
        lineage_.session = stat->session;
        lineage_.group = stat->group;
        lineage_.own_session = of_daemon || stat->session == main_.pid;
        lineage_.since = stat->start_time;
        lineage_.init = start_time_of_init();
    }
}

bool Inheritance::is_of_the_lineage(int pid, const ProcessStat& stat) const {
    if (lineage_.group == 0 || stat.session != lineage_.session) {
        return false;
    }
    return stat.group == lineage_.group ||
           (lineage_.own_session && (main_lives_ || has_our_user(pid)));
}

bool Inheritance::has_our_user(int pid) const {
    const auto user = user_of(pid);
    return user && std::find(users_.begin(), users_.end(), *user) != users_.end();
}

bool Inheritance::is_root_of_it(int pid, const ProcessStat& stat) const {
    if (pid == main_.pid) {
        return stat.start_time == main_.start_time;
    }
    // The asking process and its parents may have inherited the variable from the manager that
    // started the service.
    if (pid == ::getpid() || pid == ::getppid()) {
        return false;
    }
    return is_of_the_lineage(pid, stat) ||
           (has_our_user(pid) && has_variable(pid, concat("INVOCATION_ID=", invocation_id_)));
}

std::vector<int> Inheritance::members() const {
    std::multimap<int, int> children;
    std::vector<int> roots;
    std::set<int> seen;
    // A process that forks and ends after /proc was listed is missed together with its child: only
    // a list without new processes proves that there are no others.
    constexpr int most_lists = 100;
    bool somebody_new = !invocation_id_.empty();
    for (int list = 0; somebody_new && roots.empty() && list < most_lists; ++list) {
        somebody_new = false;
        for (const int pid : numbers_in("/proc")) {
            if (!seen.insert(pid).second) {
                continue;
            }
            somebody_new = true;
            const auto stat = read_stat(pid);
            if (stat && stat->state != 'Z' && stat->state != 'X') {
                children.emplace(stat->ppid, pid);
                if (is_root_of_it(pid, *stat)) {
                    roots.push_back(pid);
                }
            }
        }
    }
    return with_descendants(std::move(roots), children);
}

bool Inheritance::contains(int pid) const {
    if (invocation_id_.empty()) {
        return false;
    }
    // Deeper than any real tree; a loop can only come from PIDs reused in the meantime.
    for (int depth = 0; depth < 4096 && pid > 1; ++depth) {
        const auto stat = read_stat(pid);
        if (!stat) {
            return false;
        }
        if (is_root_of_it(pid, *stat)) {
            return true;
        }
        pid = stat->ppid;
    }
    return false;
}

} // namespace amphid
