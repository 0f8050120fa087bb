// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/join.h"

#include "app/console.h"
#include "app/progress.h"
#include "app/running_service.h"
#include "app/standstill.h"
#include "app/unrecorded.h"
#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/process.h"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <unistd.h>

namespace amphid {

namespace {

std::string process_ids(const State& state) {
    return state.supervised ? concat("(PID ", state.launcher.pid, ", main PID ", state.main.pid)
                            : concat("(PID ", state.main.pid);
}

Verdict already_running(const Plan& plan, const State& state) {
    std::string text = concat(plan.name, ": already running ", process_ids(state),
                              state.unit.empty() ? "" : concat(", unit ", state.unit), ")");
    if (plan.detach) {
        return {ExitCode::success, text + '\n'};
    }
    return {ExitCode::failure, concat("amphid: ", text, '\n')};
}

void refuse_other_file(const Plan& plan, const std::string& instance, const State& state) {
    if (!is_same_file(state.config, plan.config) || state.instance != instance) {
        throw Failure(ExitCode::failure,
                      taken_name_message(plan.name, plan.paths.directory, state));
    }
}

/// Unreadable does not mean absent: a second copy might be started.
std::optional<FoundState> find_last_state(const Plan& plan, const Fd& directory) {
    auto found = find_state(directory);
    const std::string file = concat(plan.paths.directory, '/', state_name);
    if (!found && !is_absent(file)) {
        const Fd probe(::openat(directory.get(), state_name,
                                O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
        if (!probe && errno != ENOENT && errno != ELOOP) {
            throw OsError("cannot read", file);
        }
        found = find_state(directory);
    }
    return found;
}

/// What the last launcher left if it was killed: its service, which must not get a second copy, or
/// only files.
std::variant<Locked, Verdict> handle_last_run(const Plan& plan, const Starter& who,
                                              const Fd& directory, bool adopts, Fd lock) {
    Locked out{std::move(lock), {}, {}};
    Running past;
    past.found = find_last_state(plan, directory);
    const bool ended = past.found && !is_active(past.found->state.state);
    if (const std::string survivors = ended ? living_survivors(*past.found) : "";
        !survivors.empty()) {
        throw Failure(ExitCode::failure,
                      concat(plan.name, ": not started: PID ", survivors,
                             " survived the last stop, and a second copy must not run beside it"));
    }
    if (auto left = ended ? std::nullopt : find_orphan(past)) {
        refuse_other_file(plan, who.instance, *left);
        if (!left->supervised && open_process(left->main)) {
            return already_running(plan, *left);
        }
        if (left->mode == Mode::foreground || !left->supervised) {
            out.leftover = std::make_unique<const State>(std::move(*left));
            return out;
        }
        if (!adopts || !plan.detach) {
            throw Failure(ExitCode::failure, orphan_message(*left));
        }
        out.orphan = std::make_unique<const State>(std::move(*left));
    } else {
        refuse_unrecorded({plan.name, plan.paths.directory, who.second_record},
                          past.found.has_value());
        if (!plan.detach) {
            remove_dead_record(who.second_record); // a daemon would replace it
        }
    }
    // Also after an orderly end: a launcher killed since then, before it wrote its first state, has
    // left a draft, a socket or a cgroup.
    tidy_after_launcher(plan.paths.directory, directory,
                        past.found && !ended ? &past.found->state : nullptr,
                        {plan.paths.pid_file, plan.paths.service_pid_file});
    return out;
}

Verdict retry_verdict(const State& state) {
    return {ExitCode::failure,
            concat("amphid: ",
                   state.failure.empty() ? concat(state.name, " ended") : printable(state.failure),
                   "; another start will be tried\n")};
}

/// The attempt of another start that this one joins: the current one, or the next.
class JoinedTry {
public:
    /// True if it has failed.
    bool has_failed(const State& state) {
        const bool counts = is_starting(state.state) || state.state == ServiceState::auto_restart;
        if (!counts || state.launcher.pid != launcher_) {
            launcher_ = counts ? state.launcher.pid : 0;
            restarts_ = state.restarts;
        }
        return counts && state.restarts > restarts_;
    }

private:
    int launcher_ = 0;
    std::uint64_t restarts_ = 0;
};

/// A launcher that is running although we got the lock: it may have lost the file. Not one that is
/// exiting, and not ourselves while stopping what a killed one left.
bool goes_on(const Running& running) {
    return running.launcher && running.found->state.launcher.pid != ::getpid() &&
           (running.stateless || is_active(running.found->state.state));
}

std::optional<Verdict> failure_of_other_start(const Plan& plan, const Fd& directory) {
    const auto found = find_state(directory);
    if (!found || found->state.state != ServiceState::failed) {
        return std::nullopt;
    }
    return Verdict{ExitCode::failure,
                   concat("amphid: another start of ", plan.name, " failed (result '",
                          name_of(found->state.result), "')\n")};
}

/// A launcher that has lost its files needs the lock that we hold in order to create them again.
void refuse_what_cannot_be_joined(const Plan& plan, const std::string& instance, Lock& lock,
                                  Running& other) {
    if (other.stateless && lock.take()) {
        other = look_at(plan.paths.directory);
    }
    if (other.stateless) {
        throw Failure(ExitCode::failure, stateless_message(plan.paths.directory, other));
    }
    if (other.launcher) {
        refuse_other_file(plan, instance, other.found->state);
    }
}

/// For as long as restart-sec.
bool waits_to_restart(const Running& running) {
    return running.launcher && running.found->state.state == ServiceState::auto_restart;
}

std::string silent_start_message(const Plan& plan, const Running& other, TimeSpan waited) {
    return concat(plan.name, ": not started: ",
                  other.launcher
                      ? concat("PID ", other.found->state.launcher.pid, ", which starts it")
                      : concat("the process that holds ", plan.paths.directory, '/', lock_name),
                  ", has made no progress for ", format_time_span(waited));
}

} // namespace

std::variant<Locked, Verdict> lock_or_join(const Plan& plan, const Starter& who,
                                           const Fd& directory, bool adopts) {
    Lock lock(directory.get());
    if (lock.try_acquire() && !goes_on(glance_at(plan.paths.directory, directory))) {
        return handle_last_run(plan, who, directory, adopts, lock.take());
    }
    Progress progress(concat(plan.name, ": waiting for another start of it to finish"));
    Watch watch(plan.paths.directory);
    JoinedTry joined;
    Standstill standstill;
    const Policy& policy = plan.policy;
    const TimeSpan longest =
        sum(sum(policy.timeout_start, policy.drain), sum(policy.timeout_stop, grace));
    Patience patience(longest);
    for (;;) {
        const bool locked = lock.try_acquire();
        Running other = locked ? glance_at(plan.paths.directory) : look_at(plan.paths.directory);
        if (locked && !goes_on(other)) {
            if (auto failure = failure_of_other_start(plan, directory)) {
                return *failure;
            }
            return handle_last_run(plan, who, directory, adopts, lock.take());
        }
        refuse_what_cannot_be_joined(plan, who.instance, lock, other);
        const bool active = other.launcher && is_active(other.found->state.state);
        if (active && (other.found->state.ready_usec != 0 || !plan.detach)) {
            return already_running(plan, other.found->state);
        }
        if (other.launcher && joined.has_failed(other.found->state)) {
            return retry_verdict(other.found->state);
        }
        if (watch.wait(other.launcher, progress.interval_ms())) {
            patience.note_life();
            continue;
        }
        if (patience.is_over() && !waits_to_restart(other)) {
            throw Failure(ExitCode::failure, silent_start_message(plan, other, longest));
        }
        progress.show();
        standstill.look(other);
    }
}

Verdict join_restart(const Plan& plan, const Verdict& stopped) {
    Progress progress(concat(plan.name, ": waiting for another restart of it to finish"));
    Watch watch(plan.paths.directory);
    JoinedTry joined;
    Patience patience(grace);
    for (;;) {
        const Running other = glance_at(plan.paths.directory);
        const bool is_known = other.launcher && !other.stateless;
        if (is_known && is_active(other.found->state.state) && other.found->state.ready_usec != 0) {
            return {ExitCode::success,
                    concat(plan.name, ": ready ", process_ids(other.found->state), ")\n")};
        }
        const bool tries_again = is_known && joined.has_failed(other.found->state);
        if (other.found && (tries_again || other.found->state.state == ServiceState::failed)) {
            return tries_again
                       ? retry_verdict(other.found->state)
                       : Verdict{ExitCode::failure,
                                 concat("amphid: ", printable(other.found->state.failure), '\n')};
        }
        if (watch.wait(other.launcher, progress.interval_ms()) || other.launcher) {
            patience.note_life();
        } else if (patience.is_over()) {
            return stopped;
        }
        progress.show();
    }
}

} // namespace amphid
