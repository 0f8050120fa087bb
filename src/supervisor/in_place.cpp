// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/in_place.h"

#include "base/text.h"
#include "machine/machine.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/inheritance.h"
#include "os/os_error.h"
#include "os/process.h"
#include "os/random.h"
#include "plan/document.h"
#include "supervisor/messages.h"
#include "supervisor/variables.h"

#include <fcntl.h>
#include <unistd.h>

namespace amphid {

namespace {

/// Our manager's own socket: nobody stays to pass messages on.
std::string notify_address_of(const Plan& plan, const Handles& handles) {
    const bool is_heard = plan.announce == Announce::manager && handles.manager != nullptr;
    return is_heard ? handles.manager->address() : std::string();
}

/// The state is written already; what is left is to tell who waits.
struct LastWord final : Record {
    LastWord(const Plan& plan, Upstream& upstream) : plan_(plan), upstream_(upstream) {}
    void operator()(pid_t) noexcept override {}
    void about_to_execute() noexcept override {
        if (plan_.announce == Announce::starting_command) {
            upstream_.wake();
        } else if (!is_notify(plan_.policy.type)) {
            upstream_.ready("Running", "");
        }
    }

private:
    const Plan& plan_;
    Upstream& upstream_;
};

} // namespace

InPlace::InPlace(const Plan& plan, State&& identity, Handles&& handles)
    : plan_(plan), handles_(std::move(handles)), identity_(std::move(identity)),
      upstream_(plan.announce, handles_.manager, std::move(handles_.startup)),
      files_(loop_, plan, std::move(handles_.directory), std::move(handles_.lock),
             SecondRecord(handles_.second_record), handles_.log, [](int) {}),
      streams_(loop_, plan.context, std::move(handles_.inherited), log_name(plan), handles_.log),
      executor_(plan, streams_, notify_address_of(plan, handles_), !plan.detach),
      descriptors_(loop_, plan, std::move(handles_.given), std::move(handles_.sockets), closer_) {
    upstream_.set_ready_fd(std::move(handles_.ready));
}

void InPlace::prepare() {
    if (streams_.would_lend_terminal()) {
        throw OsError("cannot give", "this terminal to another user's service", EPERM);
    }
    activation_.invocation_id =
        plan_.context.keep_invocation_id
            ? std::string(find_variable(plan_.context.environment, "INVOCATION_ID").value_or(""))
            : random_hex(16);
    Environment own = variables_for(CommandList::exec_start, plan_, Machine{}, activation_, 0);
    descriptors_.add_variables(own);
    executor_.give(descriptors_.numbered({}));
    executor_.prepare(commands_of(plan_, CommandList::exec_start).front(), CommandList::exec_start,
                      own);
    if (plan_.manager == Manager::none) {
        cgroup_ = Cgroup::make(plan_.name, Cgroup::Leftovers::remove);
        executor_.use_cgroup(cgroup_.fd());
    }
}

State InPlace::running_state() {
    State out = identity_;
    static_cast<ActivationRecord&>(out) = activation_;
    out.supervised = false;
    out.launcher = {0, 0, read_boot_id()};
    out.main = identify(::getpid(), out.launcher.boot_id);
    if (out.main.start_time == 0) {
        throw OsError("cannot read", "/proc/self/stat");
    }
    if (plan_.detach) {
        out.lineage = lineage_to_be(out.main, executor_.gets_own_session(),
                                    plan_.context.credentials.uid.value_or(::geteuid()),
                                    {::getpgrp(), ::getsid(0), true});
    }
    out.cgroup = cgroup_.path();
    out.state = ServiceState::running;
    out.since_usec = static_cast<std::uint64_t>(realtime_now().usec);
    out.ready_usec = out.since_usec;
    return out;
}

/// Possibly with the rights of the service's user alone: the open file can still be written.
void InPlace::note_failure(State& state, const Spawned& why, int record) {
    Machine machine;
    machine.state = ServiceState::failed;
    machine.result = ServiceResult::exit_code;
    machine.exit = {ExitKind::exec_failed, why.error, why.stage};
    const Situation situation{
        plan_, machine, activation_, 0, state.main.pid, {}, executor_.refused_object()};
    state.state = machine.state;
    state.result = machine.result;
    state.exit = machine.exit;
    state.ready_usec = 0;
    state.failure = failure_message(situation);
    state.failure_usec = static_cast<std::uint64_t>(realtime_now().usec);
    files_.finish();
    executor_.remove_directories(false);
    try {
        files_.write(state);
    } catch (const OsError&) {
        if (::ftruncate(record, 0) == 0) {
            write_all(record, encode(state));
        }
    }
}

InPlace::Failed InPlace::become() {
    State state = running_state();
    files_.draft_pid_files(state.main.pid, state.main.pid);
    files_.put_pid_files_in_place();
    files_.write(state);
    const Fd record(::openat(files_.directory(), state_name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
    LastWord last_word(plan_, upstream_);
    const Spawned why = executor_.become(last_word);
    note_failure(state, why, record.get());
    const std::string text = concat("amphid: ", printable(state.failure), '\n');
    upstream_.failed(concat("Failed: ", state.failure), text);
    return {exit_status_of(why.stage), text};
}

} // namespace amphid
