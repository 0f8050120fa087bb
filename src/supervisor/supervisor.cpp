// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/supervisor.h"

#include "base/text.h"
#include "os/clock.h"
#include "os/detach.h"
#include "os/memory.h"
#include "os/os_error.h"
#include "os/process.h"

#include <csignal>
#include <sys/wait.h>
#include <utility>

namespace amphid {

Supervisor::Supervisor(const Plan& plan, State state, Handles handles)
    : plan_(plan), state_(std::move(state)), handles_(std::move(handles)),
      loop_(std::move(handles_.signals)),
      upstream_(plan.announce, handles_.systemd, std::move(handles_.startup)),
      tree_(handles_.orphan ? Tree(*handles_.orphan)
            : plan.detach   ? Tree()
                            : Tree::with_strangers()),
      executor_(plan, std::move(handles_.inherited), handles_.notify.address(),
                handles_.has_terminal),
      watchdog_(plan.watchdog, plan.manager_watchdog, !plan.health.checks.empty()),
      store_(plan.fd_store_max), notify_access_(plan.notify_access) {
    upstream_.also_tell(std::move(handles_.ready));
    state_.notify_address = handles_.notify.address();
}

/// While nothing is shared with a forked copy yet, and whoever asked can still be told.
void Supervisor::prepare_first() {
    new_invocation();
    tree_.use(Cgroup::make(state_.name));
    use_cgroup();
    const bool hooks_first = !commands_of(plan_, CommandList::exec_condition).empty() ||
                             !commands_of(plan_, CommandList::exec_start_pre).empty();
    prepare_questions();
    if (!hooks_first) {
        executor_.give(descriptors_for(CommandList::exec_start));
        executor_.prepare(commands_of(plan_, CommandList::exec_start).front(),
                          CommandList::exec_start, own_variables(CommandList::exec_start));
        prepared_ = true;
    }
}

void Supervisor::use_cgroup() {
    state_.cgroup = tree_.cgroup().path();
    executor_.use_cgroup(tree_.cgroup().fd());
}

/// Goes on where a killed launcher was torn away: the same processes under the same names.
void Supervisor::adopt() {
    const State& left = *handles_.orphan;
    state_.invocation_id = left.invocation_id;
    state_.lineage = left.lineage;
    state_.restarts = left.restarts;
    state_.reload = left.reload;
    state_.status_text = left.status_text;
    state_.status_errno = left.status_errno;
    state_.status_bus_error = left.status_bus_error;
    state_.met = left.met;
    state_.ready_usec = left.ready_usec;
    use_cgroup();
    began_ = true;
    main_end_ = open_process(left.main);
    const bool main_alive = static_cast<bool>(main_end_);
    if (main_alive) {
        state_.main = left.main;
        loop_.watch(Source::main_end, main_end_.get());
        executor_.last_words().pipe().take_over(left.main.pid, STDERR_FILENO, left.words_pipe);
        executor_.streams().take_over(left.main.pid, left.output_pipe, left.error_pipe);
        watch_service();
    }
    // A hook without its launcher serves nobody.
    if (const Fd hook = open_process(left.control)) {
        send_signal(hook, SIGKILL);
    }
    post(Adopted{left.state, left.main.pid > 0, main_alive, left.restarts, handles_.stops_orphan});
    if (handles_.stops_orphan) {
        post(StopRequested{});
    }
}

void Supervisor::begin() {
    try {
        state_.launcher.boot_id = read_boot_id();
        if (!handles_.orphan) {
            prepare_first();
        }
        if (handles_.leave) {
            handles_.leave();
        }
        state_.launcher.pid = ::getpid();
        become_subreaper();
        if (handles_.orphan) {
            adopt();
        } else {
            post(StartRequested{});
        }
        drain_queue();
    } catch (const OsError& error) {
        // Nobody but us can tell the command that waits.
        upstream_.failed(error.what(), concat("amphid: ", state_.name, ": ", error.what(), '\n'));
        throw;
    }
}

void Supervisor::let_go() {
    try {
        let_go_of_surroundings();
    } catch (const OsError& error) {
        handles_.log.write(LOG_WARNING, concat(state_.name, ": ", error.what()));
    }
}

/// We cannot go on: nothing of the service may go on without us.
void Supervisor::abandon() {
    // Often it is descriptors that we lack, and the walk needs some.
    pid_file_.reset();
    service_pid_file_.reset();
    handles_.notify.remove(handles_.directory.get());
    if (machine_.main_alive && state_.main.pid > 0) {
        signal_main(SIGKILL);
    }
    sigset_t children;
    ::sigemptyset(&children);
    ::sigaddset(&children, SIGCHLD);
    constexpr timespec a_while{0, 100'000'000};
    constexpr int most_walks = 100; // then an uninterruptible process is left to the kernel
    for (int walk = 0; walk < most_walks && !tree_.empty(); ++walk) {
        tree_.signal({SIGKILL});
        ::sigtimedwait(&children, nullptr, &a_while);
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
    }
    tree_.cgroup().remove();
    executor_.remove_directories(false);
    state_.main = {};
    state_.ready_usec = 0;
    state_.state = ServiceState::failed;
    state_.result = ServiceResult::resources;
    publish();
}

Ending Supervisor::run() {
    try {
        begin();
        if (plan_.detach) {
            let_go(); // while the service executes: nobody waits for this
        }
        while (!finished_) {
            if (std::exchange(settled_, false)) {
                give_back_memory();
            }
            watch_upstream();
            for (const Source source : loop_.wait()) {
                look_at(source);
                drain_queue();
                if (finished_) {
                    break;
                }
            }
        }
    } catch (const OsError&) {
        abandon();
        throw;
    }
    return ending_of(machine_, plan_.policy, plan_.manager != Manager::none);
}

void Supervisor::watch_upstream() {
    if (!upstream_watched_ && upstream_.fd() >= 0) {
        loop_.watch(Source::upstream, upstream_.fd());
        upstream_watched_ = true;
    }
}

void Supervisor::drain_queue() {
    while (!queue_.empty() && !finished_) {
        const Event event{monotonic_now(), std::move(queue_.front())};
        queue_.pop_front();
        apply(event);
    }
}

void Supervisor::apply(const Event& event) {
    const ServiceState from = machine_.state;
    auto [next, effects] = step(machine_, plan_.policy, event);
    machine_ = next;
    state_.state = next.state;
    state_.result = next.result;
    state_.exit = next.exit;
    if (next.restarts > state_.restarts) {
        executor_.remove_directories(true);
    }
    state_.restarts = next.restarts;
    if (!is_starting(next.state)) {
        pid_file_watch_.reset();
    }
    if (is_stopping(next.state)) {
        state_.ready_usec = 0;
    }
    note_transition(from);
    dirty_ = dirty_ || next.state != from;
    for (const Effect& effect : effects) {
        std::visit([this](const auto& e) { perform(e); }, effect);
    }
    attend();
    if (dirty_) {
        publish();
    }
}

void Supervisor::write_state_file() {
    identify_launcher(state_);
    write_state(handles_.directory.get(), state_);
    dirty_ = false;
}

void Supervisor::publish() {
    try {
        write_state_file();
    } catch (const OsError& error) {
        handles_.log.write(LOG_ERR, concat(state_.name, ": ", error.what()));
    }
}

} // namespace amphid
