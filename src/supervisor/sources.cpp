// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "os/process.h"
#include "supervisor/supervisor.h"

#include <csignal>
#include <fcntl.h>
#include <optional>
#include <sys/wait.h>

// The supervisor's ears: what the kernel and the service say becomes events of the machine.

namespace amphid {

namespace {

MainExit exit_of(int status) {
    if (WIFSIGNALED(status)) {
        return {WCOREDUMP(status) ? ExitKind::dumped : ExitKind::killed, WTERMSIG(status),
                ExecStage::none};
    }
    return {ExitKind::exited, WEXITSTATUS(status), ExecStage::none};
}

} // namespace

void Supervisor::look_at(Source source) {
    switch (source) {
    case Source::notify:
        receive_notifications();
        return;
    case Source::words:
        executor_.last_words().drain();
        return;
    case Source::output:
        drain_output();
        return;
    case Source::signals:
        while (const auto info = next_signal(loop_.signals())) {
            on_signal(*info);
        }
        return;
    case Source::pid_file:
        if (pid_file_watch_) {
            look_for_main();
        }
        return;
    case Source::main_end:
        if (main_end_) {
            on_main_end();
        }
        return;
    case Source::cgroup:
    case Source::inherited:
        std::erase_if(inherited_ends_, [](const Fd& end) { return await_end(end, 0); });
        tree_.cgroup().acknowledge();
        look_for_end_of_tree();
        return;
    case Source::probes:
        look_at_probes();
        return;
    case Source::health:
        look_at_health();
        return;
    case Source::watchdog:
        look_at_watchdog();
        return;
    case Source::store:
        store_.look();
        return;
    case Source::upstream:
        upstream_.flush();
        return;
    case Source::timer:
        post(TimerElapsed{});
        return;
    }
}

void Supervisor::on_signal(const signalfd_siginfo& info) {
    switch (static_cast<int>(info.ssi_signo)) {
    case SIGINT:
        on_interrupt(info);
        return;
    case SIGTERM:
        post(StopRequested{info.ssi_code == SI_QUEUE && info.ssi_int == restart_word});
        return;
    case SIGHUP:
        on_hang_up(info);
        return;
    case SIGABRT:
        on_abort(info);
        return;
    case SIGCHLD:
        // A message that was sent before the death is read before it.
        receive_notifications();
        drain_queue();
        reap();
        return;
    default:
        forward(info);
    }
}

void Supervisor::on_interrupt(const signalfd_siginfo& info) {
    terminal_signalled_ = info.ssi_code == SI_KERNEL && handles_.has_terminal;
    if (terminal_signalled_ && machine_.stop_requested) {
        // The second ^C: whoever took no notice of the first gets kill-signal.
        terminal_signalled_ = false;
        perform(SignalTree{});
        return;
    }
    post(StopRequested{});
}

/// The watchdog of the manager above us; everybody else's is for the service.
void Supervisor::on_abort(const signalfd_siginfo& info) {
    const bool from_manager = plan_.announce == Announce::manager && info.ssi_code == SI_USER &&
                              info.ssi_pid == static_cast<unsigned>(::getppid());
    if (from_manager) {
        post(WatchdogFailed{});
    } else {
        forward(info);
    }
}

void Supervisor::on_hang_up(const signalfd_siginfo& info) {
    bool gone = info.ssi_code == SI_KERNEL;
    if (!gone && handles_.has_terminal) {
        // A shell passes the hang-up of its terminal on to its jobs.
        gone = !Fd(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
    }
    if (gone) {
        post(StopRequested{});
    } else {
        post(ReloadRequested{});
    }
}

void Supervisor::forward(const signalfd_siginfo& info) {
    const int signal = static_cast<int>(info.ssi_signo);
    const bool our_own = info.ssi_code <= 0 && info.ssi_pid == static_cast<unsigned>(::getpid());
    if (our_own || signal == SIGTTIN || signal == SIGTTOU) {
        return;
    }
    // What the terminal sends, it sends to the whole group.
    const bool had_it = info.ssi_code == SI_KERNEL && handles_.has_terminal;
    if (machine_.main_alive && state_.main.pid > 0 && !had_it) {
        signal_main(signal);
    }
    if (signal == SIGTSTP && handles_.has_terminal) {
        // ^Z holds the launcher, too, or the shell would wait for it.
        ::raise(SIGSTOP);
    }
}

void Supervisor::reap() {
    std::optional<int> main_status;
    std::optional<int> control_status;
    int status = 0;
    for (pid_t pid = ::waitpid(-1, &status, WNOHANG); pid > 0;
         pid = ::waitpid(-1, &status, WNOHANG)) {
        if (pid == state_.main.pid && machine_.main_alive) {
            main_status = status;
        } else if (pid == state_.control.pid && machine_.control_alive) {
            control_status = status;
        } else {
            tell_questions_of_end(pid, status);
        }
    }
    // Asked when all the dead are buried: each of them would count as somebody left.
    if (main_status) {
        main_ended(exit_of(*main_status));
    }
    if (control_status) {
        control_ended(exit_of(*control_status));
    }
    const bool killing = machine_.state == ServiceState::stop_sigkill ||
                         machine_.state == ServiceState::final_sigkill;
    if (killing && last_kill_ == Whom::everybody) {
        tree_.signal(signals_for(Which::final_kill)); // whoever was forked since
    }
    look_for_end_of_tree();
}

void Supervisor::look_for_end_of_tree() {
    if (!machine_.tree_alive || machine_.main_alive || machine_.control_alive) {
        return;
    }
    if (!tree_.empty()) {
        watch_rest_of_tree();
    }
    // Watched first, asked then: nobody can end in between. A process in the midst of its end shows
    // no environment any more, but its pidfd knows.
    if (tree_.empty() && inherited_ends_.empty()) {
        post(TreeEmpty{});
    }
}

/// What SIGCHLD does not tell: a cgroup that empties a moment later, processes whose parent is
/// init.
void Supervisor::watch_rest_of_tree() {
    if (!cgroup_watched_ && tree_.cgroup().events() >= 0) {
        loop_.watch(Source::cgroup, tree_.cgroup().events(), true);
        cgroup_watched_ = true;
    }
    std::erase_if(inherited_ends_, [](const Fd& end) { return await_end(end, 0); });
    for (const int pid : tree_.inheritance().members()) {
        Fd end = open_process(identify(pid, state_.launcher.boot_id));
        if (end && !is_child(pid)) {
            loop_.watch(Source::inherited, end.get());
            inherited_ends_.push_back(std::move(end));
        }
    }
}

void Supervisor::main_ended(const MainExit& exit) {
    handles_.log.write(LOG_INFO, concat(state_.name, ": main process ", state_.main.pid, ' ',
                                        describe_exit(exit, {})));
    state_.main = {};
    main_end_.reset();
    state_.ready_usec = 0;
    service_pid_file_.reset();
    post(MainExited{exit, tree_.empty()});
    drain_queue();
}

void Supervisor::control_ended(const MainExit& exit) {
    state_.control = {};
    dirty_ = true;
    post(ControlExited{exit, tree_.empty()});
    drain_queue();
}

/// A main process that is no child of ours has ended; unless it became one on its way.
void Supervisor::on_main_end() {
    int status = 0;
    if (::waitpid(state_.main.pid, &status, WNOHANG) == state_.main.pid) {
        main_ended(exit_of(status));
    } else {
        main_ended({ExitKind::unknown, 0, ExecStage::none});
    }
    look_for_end_of_tree();
}

} // namespace amphid
