// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/supervisor.h"

#include "base/text.h"
#include "os/clock.h"
#include "os/detach.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/process.h"

#include <csignal>
#include <fcntl.h>
#include <malloc.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <utility>

namespace amphid {

namespace {

/// 128 random bits in hexadecimal, as systemd's INVOCATION_ID.
std::string make_invocation_id() {
    unsigned char bytes[16] = {};
    if (::getrandom(bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes)) {
        return {};
    }
    std::string out;
    for (const unsigned char byte : bytes) {
        constexpr std::string_view digits = "0123456789abcdef";
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

/// The launcher's start time, read when it is first written down.
void identify_launcher(State& state) {
    if (state.launcher.start_time == 0) {
        state.launcher = identify(state.launcher.pid, state.launcher.boot_id);
    }
}

/// Writes the state with the new process in it: there is no moment in which the service runs
/// unknown.
class RecordInState final : public Record {
public:
    RecordInState(int directory, State& state) : directory_(directory), state_(state) {}

    void operator()(pid_t pid) noexcept override {
        try {
            state_.main = identify(pid, state_.launcher.boot_id);
            identify_launcher(state_);
            write_state(directory_, state_);
        } catch (...) {
            // The launcher writes it again, and can say so.
            state_.main = {};
        }
    }

private:
    int directory_;
    State& state_;
};

} // namespace

Supervisor::Supervisor(const Plan& plan, State state, Handles handles)
    : plan_(plan), state_(std::move(state)), handles_(std::move(handles)),
      loop_(std::move(handles_.signals)),
      upstream_(plan.announce, handles_.systemd, std::move(handles_.startup)),
      tree_(plan.detach ? Tree() : Tree::with_strangers()),
      executor_(plan, std::move(handles_.inherited), handles_.notify.address(),
                handles_.has_terminal) {}

void Supervisor::prepare_main() {
    state_.invocation_id =
        plan_.context.keep_invocation_id
            ? find_variable(plan_.context.environment, "INVOCATION_ID").value_or("")
            : make_invocation_id();
    Environment own;
    if (!plan_.context.keep_invocation_id) {
        set_variable(own, "INVOCATION_ID", state_.invocation_id);
    }
    executor_.forget_words();
    executor_.prepare(commands_of(plan_, CommandList::exec_start).front(), CommandList::exec_start,
                      own);
}

void Supervisor::begin() {
    try {
        state_.launcher.boot_id = read_boot_id();
        prepare_main();
        prepared_ = true;
        if (handles_.leave) {
            handles_.leave();
        }
        state_.launcher.pid = ::getpid();
        become_subreaper();
        post(StartRequested{});
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
        ::kill(state_.main.pid, SIGKILL); // a child of ours that is not reaped yet
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
    return ending_of(machine_, plan_.policy, plan_.announce == Announce::manager);
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
    note_transition(from);
    dirty_ = dirty_ || next.state != from;
    for (const Effect& effect : effects) {
        std::visit([this](const auto& e) { perform(e); }, effect);
    }
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

void Supervisor::perform(const SpawnMain&) {
    if (!std::exchange(prepared_, false)) {
        prepare_main();
    }
    refusal_logged_ = false;
    state_.status_text.clear();
    state_.waiting_for = plan_.policy.type == ServiceType::notify ? "READY=1" : "";
    RecordInState record(handles_.directory.get(), state_);
    const Spawned spawned = executor_.start(record);
    if (spawned.pid == 0) {
        state_.main = {};
        post(ExecFailed{spawned.stage, spawned.error});
        return;
    }
    dirty_ = state_.main.pid != spawned.pid; // else the new process has written the state itself
    if (dirty_) {
        state_.main = identify(spawned.pid, state_.launcher.boot_id);
    }
    manage(&Supervisor::draft_pid_files);
    watch_service();
    if (plan_.policy.type == ServiceType::notify) {
        upstream_.status(status_line());
    }
    post(MainStarted{});
}

/// The service's ways to us; once, after its first start.
void Supervisor::watch_service() {
    if (!notify_watched_ && handles_.notify.fd() >= 0) {
        loop_.watch(Source::notify, handles_.notify.fd());
        notify_watched_ = true;
    }
    if (!words_watched_ && executor_.last_words().fd() >= 0) {
        loop_.watch(Source::words, executor_.last_words().fd());
        words_watched_ = true;
    }
}

void Supervisor::perform(const TerminateTree&) {
    const auto had_theirs = [this](int pid) {
        return terminal_signalled_ && ::getpgid(pid) == ::getpgrp() && !ignores(pid, SIGINT);
    };
    tree_.signal({plan_.kill_signal, SIGCONT}, had_theirs);
}

void Supervisor::perform(const KillTree&) {
    tree_.signal({SIGKILL});
}

void Supervisor::perform(const Reload&) {
    const bool ok = ::kill(state_.main.pid, plan_.reload_signal) == 0;
    post(ReloadFinished{ok});
}

void Supervisor::perform(const ReportReload& report) {
    ++state_.reload.serial;
    state_.reload.ok = report.ok;
    publish();
}

void Supervisor::perform(const ArmTimer& timer) {
    loop_.set_timer(timer.at);
}
void Supervisor::perform(const DisarmTimer&) {
    loop_.set_timer(TimeSpan::infinity());
}

/// The directory of a pid file: most often the one that we hold already.
Fd Supervisor::open_parent(const std::string& file) const {
    const std::string directory = split_path(file).first;
    return directory == plan_.paths.directory
               ? Fd(checked(::fcntl(handles_.directory.get(), F_DUPFD_CLOEXEC, 3), "cannot keep",
                            directory))
               : open_directory(directory, false);
}

/// While the service gets ready there is time; what is refused then is known before it is.
void Supervisor::draft_pid_files() {
    if (!pid_file_) {
        pid_file_.emplace(open_parent(plan_.paths.pid_file), plan_.paths.pid_file,
                          state_.launcher.pid);
    }
    if (!plan_.paths.service_pid_file.empty()) {
        service_pid_file_.emplace(open_parent(plan_.paths.service_pid_file),
                                  plan_.paths.service_pid_file, state_.main.pid);
    }
}

/// Runs a step that the service cannot be announced without.
bool Supervisor::manage(void (Supervisor::*step)()) {
    try {
        (this->*step)();
        return true;
    } catch (const OsError& error) {
        refusal_ = error.what();
        handles_.log.write(LOG_ERR, concat(state_.name, ": ", refusal_));
        post(OutOfResources{});
        return false;
    }
}

/// All that must be there before anybody is told.
void Supervisor::put_files_in_place() {
    pid_file_->put_in_place();
    if (service_pid_file_) {
        service_pid_file_->put_in_place();
    }
    write_state_file();
}

void Supervisor::perform(const AnnounceReady&) {
    upstream_.wake();
    state_.waiting_for.clear();
    state_.ready_usec = static_cast<std::uint64_t>(realtime_now().usec);
    if (!manage(&Supervisor::put_files_in_place)) {
        state_.ready_usec = 0;
        return;
    }
    const std::string words = concat(state_.name, ": ready (PID ", state_.launcher.pid,
                                     ", main PID ", state_.main.pid, ')');
    if (plan_.announce == Announce::nobody) {
        handles_.log.write(LOG_INFO, words);
    }
    upstream_.ready(status_line(), words + '\n');
    // What parsing left on the heap is nobody's any more.
    ::malloc_trim(0);
}

void Supervisor::perform(const AnnounceStopping&) {
    upstream_.stopping(status_line());
}
void Supervisor::perform(const AnnounceReloading&) {
    upstream_.reloading();
}
void Supervisor::perform(const AnnounceReloaded&) {
    upstream_.reloaded(status_line());
}
void Supervisor::perform(const AskForTime& ask) {
    upstream_.ask_for_time(ask.span);
}

void Supervisor::perform(const Finish&) {
    finished_ = true;
    pid_file_.reset();
    service_pid_file_.reset();
    handles_.notify.remove(handles_.directory.get());
    executor_.last_words().drain();
    executor_.remove_directories(false);
    state_.ready_usec = 0;
    state_.waiting_for.clear();
    report_end();
}

} // namespace amphid
