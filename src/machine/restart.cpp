// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "machine/move.h"

#include <algorithm>
#include <cstdint>

// Restarts: whether, when and how often.

namespace amphid {

namespace {

double square_root(double x) {
    double root = x;
    for (int i = 0; i < 64 && root * root > x; ++i) {
        root = (root + x / root) / 2;
    }
    return root;
}

/// base to the power of a fraction below 1, for a base of at least 1, by square roots: every start
/// would have to load libm.
double power(double base, double fraction) {
    double out = 1;
    for (int bit = 0; bit < 52; ++bit) {
        base = square_root(base);
        fraction *= 2;
        if (fraction >= 1) {
            fraction -= 1;
            out *= base;
        }
    }
    return out;
}

/// Scatters neighbouring numbers (splitmix64's finalizer).
std::uint64_t scattered(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

TimeSpan stretched(TimeSpan delay, TimeSpan most, std::uint64_t seed) {
    const auto tenth = static_cast<std::uint64_t>(delay.usec / 10) + 1;
    const auto more = static_cast<std::int64_t>(scattered(seed) % tenth);
    return {std::min(delay.usec + more, most.usec)};
}

/// Up long enough that the next failure is unrelated.
bool was_healthy(const Move& move) {
    const TimeSpan most = move.policy.restart_max_delay;
    const TimeSpan span =
        std::max(most.is_infinite() ? TimeSpan{} : most, move.policy.start_limit_interval);
    return move.m.ready && move.event.at > after(move.m.ready_at, span);
}

} // namespace

bool within_start_limit(Move& move) {
    const Policy& p = move.policy;
    if (p.start_limit_burst == 0 || p.start_limit_interval.usec == 0) {
        return true;
    }
    Machine& m = move.m;
    if (m.limit_count == 0 || move.event.at > after(m.limit_begin, p.start_limit_interval)) {
        m.limit_begin = move.event.at;
        m.limit_count = 0;
    }
    return ++m.limit_count <= p.start_limit_burst;
}

bool restarts_after(Restart restart, ServiceResult result) {
    const bool clean = result == ServiceResult::success;
    switch (restart) {
    case Restart::no:
        return false;
    case Restart::always:
        return true;
    case Restart::on_success:
        return clean;
    case Restart::on_failure:
        return !clean;
    case Restart::on_abnormal:
        return !clean && result != ServiceResult::exit_code;
    case Restart::on_abort:
        return result == ServiceResult::signal || result == ServiceResult::core_dump;
    case Restart::on_watchdog:
        return result == ServiceResult::watchdog;
    }
    return false;
}

/// A second copy beside the remaining processes would be worse than none.
bool has_survivors(const Move& move) {
    const KillMode mode = move.policy.kill_mode;
    const bool all = mode == KillMode::control_group || mode == KillMode::mixed;
    return move.m.main_alive || move.m.control_alive ||
           (all && move.m.gave_up && move.m.tree_alive);
}

bool restarts_now(const Move& move) {
    const Machine& m = move.m;
    const Policy& p = move.policy;
    const bool first_start_failed = m.restarts == 0 && !m.ready;
    if (m.stop_requested() || has_survivors(move) || !p.restart_is_ours ||
        (first_start_failed && !p.retries_first_start) ||
        m.result == ServiceResult::exec_condition) {
        return false;
    }
    if (p.restart_prevent_exit_status.names(m.exit)) {
        return false;
    }
    return p.restart_force_exit_status.names(m.exit) || restarts_after(p.restart, m.result);
}

TimeSpan restart_delay(const Policy& policy, std::uint64_t count, std::uint64_t seed) {
    const TimeSpan first = policy.restart_delay;
    const TimeSpan most = policy.restart_max_delay;
    const bool grows =
        policy.restart_steps > 0 && first.usec > 0 && !most.is_infinite() && most > first;
    if (!grows) {
        return first;
    }
    if (count > policy.restart_steps) {
        return most;
    }
    // systemd's service_restart_usec_next(): equal factors.
    const double fraction = static_cast<double>(count - 1) / policy.restart_steps;
    const double factor =
        power(static_cast<double>(most.usec) / static_cast<double>(first.usec), fraction);
    const double delay = static_cast<double>(first.usec) * factor;
    return stretched({static_cast<std::int64_t>(delay)}, most, seed);
}

void finish(Move& move) {
    Machine& m = move.m;
    const bool fine =
        m.result == ServiceResult::success || m.result == ServiceResult::exec_condition;
    m.state = fine ? ServiceState::dead : ServiceState::failed;
    move.disarm();
    move.emit(Finish{});
}

/// systemd starts the units of OnSuccess= and OnFailure= itself; a restart is no end, and a skipped
/// start neither.
void give_up(Move& move) {
    Machine& m = move.m;
    const bool fine = m.result == ServiceResult::success;
    const bool tells = move.policy.restart_is_ours && !m.restart_requested() && !m.control_alive &&
                       m.result != ServiceResult::exec_condition;
    const CommandList list = fine ? CommandList::on_success : CommandList::on_failure;
    if (tells && run_list(move, list, ServiceState::stop_post, move.policy.timeout_stop)) {
        m.end_hooks = EndHooks::begun;
    } else {
        finish(move);
    }
}

/// Whatever comes of them, the result stays, and what they start is not the service's.
void on_end_hook_exit(Move& move, const ControlExited& exited) {
    Machine& m = move.m;
    m.control_alive = false;
    m.tree_alive = !exited.nothing_left;
    m.end_hooks = EndHooks::begun;
    if (m.restart_requested() ||
        !run_next(move, ServiceResult::success, move.policy.timeout_stop)) {
        finish(move);
    }
}

void ended(Move& move) {
    Machine& m = move.m;
    if (m.sequel == Sequel::start && !has_survivors(move)) {
        enter_condition(move);
        return;
    }
    if (m.sequel == Sequel::start) {
        move.fail(ServiceResult::resources); // no second copy beside the survivors
    }
    if (!restarts_now(move)) {
        give_up(move);
        return;
    }
    m.restarts_in_a_row = was_healthy(move) ? 1 : m.restarts_in_a_row + 1;
    ++m.restarts;
    m.restart_delay = restart_delay(move.policy, m.restarts_in_a_row,
                                    static_cast<std::uint64_t>(move.event.at.usec));
    m.state = ServiceState::auto_restart; // even without a delay: the failure is reported
    move.emit(AnnounceRestart{m.restart_delay});
    move.arm(m.restart_delay);
}

} // namespace amphid
