// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/supervisor.h"

#include "base/text.h"
#include "os/clock.h"
#include "os/detach.h"
#include "os/memory.h"
#include "os/os_error.h"
#include "os/process.h"
#include "os/random.h"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <utility>

namespace amphid {

namespace {

/// Converts a past moment of the monotonic clock to real time; 0: none.
std::optional<Moment> moment_of(std::uint64_t usec) {
    const Moment now = monotonic_now();
    const std::int64_t age = realtime_now().usec - static_cast<std::int64_t>(usec);
    return usec == 0 || age < 0 || age > now.usec ? std::nullopt
                                                  : std::optional(microseconds(now.usec - age));
}

/// In place: what is on the stack of the resident launcher is there for its life.
State&& with_address(State&& identity, const std::string& notify_address) {
    identity.notify_address = notify_address;
    identity.launcher.boot_id = read_boot_id();
    return std::move(identity);
}

bool waits_for_lines(const Plan& plan) {
    const auto& conditions = plan.ready.conditions;
    return std::any_of(conditions.begin(), conditions.end(), [](const Condition& condition) {
        return std::holds_alternative<Prints>(condition);
    });
}

/// So that the shell sees its job stopped; its `fg` continues the service and us.
void suspend() {
    ::raise(SIGSTOP);
}

bool is_up(ServiceState state) {
    return state == ServiceState::running || state == ServiceState::exited || is_reloading(state);
}

} // namespace

Supervisor::Supervisor(const Plan& plan, State&& identity, Handles&& handles)
    : plan_(plan), handles_(std::move(handles)),
      identity_(with_address(std::move(identity), handles_.notify.address())),
      upstream_(plan.announce, handles_.manager, std::move(handles_.startup)),
      files_(loop_, plan, std::move(handles_.directory), std::move(handles_.lock),
             SecondRecord(handles_.second_record), handles_.log,
             [this](int directory) { notify_.renew(directory); }),
      streams_(loop_, plan.context, std::move(handles_.inherited), log_name(plan), handles_.log,
               concat(plan.paths.directory, '/', log_draft_name)),
      executor_(plan, streams_, handles_.notify.address(), handles_.shares_terminal),
      processes_(
          loop_, plan, machine_, activation_, events_, executor_, handles_.orphan.get(),
          identity_.launcher.boot_id, handles_.log,
          {[this](int pid, int status) { checks_.child_ended(pid, status, monotonic_now()); },
           [this] { return follow_main(); },
           handles_.shares_terminal ? suspend : std::function<void()>(),
           [this] {
               notify_.receive();
               deliver();
           }}),
      main_search_(loop_, plan, activation_, events_, processes_, handles_.log),
      checks_(loop_, plan, activation_, events_, processes_, upstream_, handles_.log),
      closer_(loop_),
      descriptors_(loop_, plan, std::move(handles_.given), std::move(handles_.sockets), closer_),
      notify_(loop_, std::move(handles_.notify), plan.name, plan.notify_access, activation_,
              processes_, handles_.log, closer_,
              [this](NotifyMessage& said, Notification& message) {
                  on_message(said, message);
                  deliver(); // the next message is handled after the effects of this one
                  note_progress();
              }),
      signals_source_(loop_, Turn::signals, [this] { read_signals(); }),
      upstream_source_(loop_, Turn::signals, [this] { upstream_.flush(); }),
      deadline_(loop_, Turn::deadline, [this] { events_.post(TimerElapsed{}); }) {
    handles_.log.set_owner(log_owner(plan));
    upstream_.set_ready_fd(std::move(handles_.ready));
    if (waits_for_lines(plan) || streams_.would_lend_terminal()) {
        streams_.listen([this](const Line& line) { checks_.hear(line); });
    }
}

void Supervisor::begin_activation() {
    activation_ = {};
    activation_.invocation_id =
        plan_.context.keep_invocation_id
            ? std::string(find_variable(plan_.context.environment, "INVOCATION_ID").value_or(""))
            : random_hex(16);
    handles_.log.begin_activation(activation_.invocation_id);
    streams_.begin_activation();
    checks_.begin_activation();
}

/// While no memory is shared with a forked copy, and errors can still be reported to the starting
/// command.
void Supervisor::prepare_first() {
    begin_activation();
    processes_.use_new_cgroup(Cgroup::Leftovers::remove);
    const bool hooks_first = !commands_of(plan_, CommandList::exec_condition).empty() ||
                             !commands_of(plan_, CommandList::exec_start_pre).empty();
    if (!hooks_first) {
        prepare(commands_of(plan_, CommandList::exec_start).front(), CommandList::exec_start);
    }
    first_is_prepared_ = true;
}

/// Continues where a killed launcher left off, with the same processes and names. Throws OsError if
/// the new launcher cannot be recorded.
void Supervisor::adopt(const State& left) {
    if (takes_over_) {
        State taken = left;
        taken.launcher = identity_.launcher;
        taken.pid_file = identity_.pid_file;
        taken.notify_address = identity_.notify_address;
        files_.draft_pid_files(identity_.launcher.pid, left.main.pid);
        files_.write(taken);
        is_known_ = true;
    }
    static_cast<ActivationRecord&>(activation_) = left;
    handles_.log.begin_activation(activation_.invocation_id);
    activation_.waiting_for.clear(); // no command waits any more
    reloads_ = left.reload;
    reloads_.serial = left.reload.begun; // a reload in progress ended with its launcher
    // It may have moved to another process in the meantime.
    const bool main_alive = processes_.adopt(left) || main_search_.follow();
    signals_source_.on(handles_.signals.get());
    if (main_alive) {
        streams_.take_over(processes_.main_pid(), left);
        streams_.begin();
        notify_.begin();
    }
    events_.post(Adopted{left.state, left.main.pid > 0, main_alive, left.restarts,
                         left.reload.begun, handles_.stops_orphan, moment_of(left.ready_usec)});
    if (handles_.stops_orphan) {
        events_.post(StopRequested{});
    }
}

void Supervisor::begin() {
    takes_over_ = handles_.orphan && !handles_.stops_orphan;
    if (!handles_.orphan) {
        prepare_first();
    }
    if (handles_.leave) {
        handles_.leave();
        detached_ = true;
        leave_directory();
    }
    identity_.launcher = identify(::getpid(), identity_.launcher.boot_id);
    if (identity_.launcher.start_time == 0) {
        throw OsError("cannot read", "/proc/self/stat"); // commands could not find us by our state
    }
    become_subreaper();
    if (handles_.orphan) {
        adopt(*handles_.orphan);
    } else {
        events_.post(StartRequested{});
    }
    deliver();
    takes_over_ = false;
}

void Supervisor::leave_streams() {
    try {
        release_streams();
    } catch (const OsError& error) {
        handles_.log.write(LOG_WARNING, concat(plan_.name, ": ", error.what()));
    }
}

/// We cannot go on: the service must not run without us, and the waiting command must be told.
void Supervisor::abandon(const std::string& why) {
    // Often we are out of descriptors, and walking the tree needs some.
    files_.finish();
    notify_.end(files_.directory());
    processes_.kill_all_and_wait();
    executor_.remove_directories(false);
    descriptors_.remove_sockets();
    activation_.ready_usec = 0;
    activation_.out_of_resources = why;
    machine_.state = ServiceState::failed;
    machine_.result = ServiceResult::resources;
    identity_.failure = concat(plan_.name, machine_.ready ? " failed: " : " failed to start: ", why,
                               " (result 'resources')");
    files_.publish(projected());
    handles_.log.end_show();
    upstream_.failed(concat("Failed: ", why), concat("amphid: ", identity_.failure, '\n'));
}

/// The service keeps running without a launcher, as before; the next start may succeed.
void Supervisor::give_up_take_over(const std::string& why) {
    files_.finish();
    notify_.end(files_.directory());
    // Once told, somebody may start it again while we are still exiting: it must not be said to
    // run.
    files_.publish(*handles_.orphan);
    const std::string text =
        concat(plan_.name, ": not taken over, it goes on without a launcher: ", why);
    handles_.log.end_show();
    upstream_.failed(concat("Failed: ", why), concat("amphid: ", text, '\n'));
    handles_.log.write(LOG_ERR, text);
}

Ending Supervisor::run() {
    try {
        begin();
        if (plan_.detach) {
            leave_streams(); // while the service executes: not in anybody's way
        }
        signals_source_.on(handles_.signals.get());
        while (!finished_) {
            if (std::exchange(settled_, false)) {
                files_.watch();
                give_back_memory();
            }
            report_start();
            keep_memory_reserve();
            upstream_source_.on(upstream_.fd()); // once a message is queued
            may_restart_at_once_ = true;
            handles_.log.begin_turn();
            loop_.run_once([this] {
                deliver();
                note_progress();
                return !finished_;
            });
        }
    } catch (const OsError& error) {
        if (takes_over_ && detached_) {
            give_up_take_over(error.what());
            return {1, 0};
        }
        if (takes_over_) {
            throw;
        }
        abandon(error.what());
        if (!detached_) {
            throw;
        }
        // The starting command was told.
        handles_.log.write(LOG_ERR, identity_.failure, Occasion::failed);
    }
    Ending ending = ending_of(machine_, plan_.policy,
                              plan_.manager != Manager::none ? Above::manager
                              : plan_.we_are_pid_1           ? Above::container_engine
                                                             : Above::nobody);
    if (files_.left_pid_file() && ending.code == 0 && ending.signal == 0) {
        ending.code = 1; // as `stop` says it
    }
    return ending;
}

void Supervisor::deliver() {
    while (!events_.empty() && !finished_) {
        apply({monotonic_now(), events_.take()});
    }
}

void Supervisor::apply(const Event& event) {
    if (ended_by_interrupt(event)) {
        group_was_told_ = true;
        apply({event.at, StopRequested{}});
    }
    const ServiceState from = machine_.state;
    const std::uint64_t restarts = machine_.restarts;
    auto [next, effects] = step(machine_, plan_.policy, event);
    machine_ = std::move(next);
    if (std::holds_alternative<MainExited>(event.what)) {
        files_.forget_service_pid();
    }
    if (machine_.restarts > restarts) {
        executor_.remove_directories(true);
    }
    if (!is_starting(machine_.state)) {
        main_search_.end();
    }
    if (!is_up(machine_.state)) {
        activation_.ready_usec = 0;
    }
    if (machine_.state != from) {
        handles_.log.step([&] { return concat(plan_.name, ": ", name_of(machine_.state)); });
        identity_.since_usec = static_cast<std::uint64_t>(realtime_now().usec);
        identity_.next_restart_usec = 0; // unless an effect says otherwise
        const LogLine line =
            transition_message(situation(), [this] { return list_of(processes_.members()); });
        if (!line.text.empty()) {
            handles_.log.write(line.priority, concat(plan_.name, ": ", line.text), line.occasion);
        }
    }
    if (takes_over_) {
        checks_.follow(machine_, event.at); // what may fail does before anybody is told
        takes_over_ = is_up(machine_.state);
    }
    for (const Effect& effect : effects) {
        std::visit([this](const auto& e) { perform(e); }, effect);
    }
    checks_.follow(machine_, event.at);
    // A wait that is over already is nobody's to see.
    if (machine_.state != ServiceState::auto_restart || events_.empty()) {
        note_progress();
    }
}

/// Publishes what has changed.
void Supervisor::note_progress() {
    if (is_starting(machine_.state)) {
        std::string now = awaited(situation());
        if (now != activation_.waiting_for) {
            activation_.waiting_for = std::move(now);
            if (!activation_.waiting_for.empty()) {
                handles_.log.step(
                    [&] { return concat(plan_.name, ": waiting for ", activation_.waiting_for); });
                upstream_.status(status_line(situation()));
            }
        }
    }
    files_.publish(projected());
}

State Supervisor::projected() const {
    State out = identity_;
    static_cast<ActivationRecord&>(out) = activation_;
    out.state = machine_.state;
    out.result = machine_.result;
    out.exit = machine_.exit;
    out.restarts = machine_.restarts;
    processes_.describe(out);
    out.reload = reloads_;
    out.reload.begun = machine_.reloads;
    out.words_pipe = streams_.stderr_inode();
    const auto pumps = streams_.pump_inodes();
    out.output_pipe = pumps[0];
    out.error_pipe = pumps[1];
    const auto logs = streams_.log_inodes();
    out.log_pipe = logs[0];
    out.log_error_pipe = logs[1];
    return out;
}

Situation Supervisor::situation() const {
    return {plan_,
            machine_,
            activation_,
            identity_.launcher.pid,
            processes_.main_pid(),
            checks_.unmet(),
            executor_.refused_object(),
            group_was_told_};
}

} // namespace amphid
