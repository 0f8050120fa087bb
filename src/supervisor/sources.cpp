// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "plan/notification.h"
#include "supervisor/supervisor.h"

#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>

// The supervisor's ears: what the kernel and the service say becomes events of the machine.

namespace amphid {

void Supervisor::look_at(Source source) {
    switch (source) {
    case Source::notify:
        receive_notifications();
        return;
    case Source::words:
        main_.last_words().drain();
        return;
    case Source::signals:
        while (const auto info = next_signal(loop_.signals())) {
            on_signal(*info);
        }
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
        post(StopRequested{});
        return;
    case SIGHUP:
        on_hang_up(info);
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
        perform(TerminateTree{});
        return;
    }
    post(StopRequested{});
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
        ::kill(state_.main.pid, signal);
    }
    if (signal == SIGTSTP && handles_.has_terminal) {
        // ^Z holds the launcher, too, or the shell would wait for it.
        ::raise(SIGSTOP);
    }
}

void Supervisor::reap() {
    for (;;) {
        int status = 0;
        const pid_t pid = ::waitpid(-1, &status, WNOHANG);
        if (pid <= 0) {
            break;
        }
        if (pid != state_.main.pid || !machine_.main_alive) {
            continue; // an orphan
        }
        MainExit exit{ExitKind::exited, WEXITSTATUS(status), ExecStage::none};
        if (WIFSIGNALED(status)) {
            exit = {WCOREDUMP(status) ? ExitKind::dumped : ExitKind::killed, WTERMSIG(status),
                    ExecStage::none};
        }
        state_.main = {};
        state_.ready_usec = 0;
        service_pid_file_.reset();
        handles_.log.write(LOG_INFO, concat(state_.name, ": main process ", pid, ' ',
                                            describe_exit(exit, object_of(exit.stage))));
        post(MainExited{exit, nothing_left()});
        drain_queue();
    }
    if (machine_.state == ServiceState::stop_sigkill) {
        perform(KillTree{}); // whoever was forked since
    }
    const bool stopping = machine_.state == ServiceState::stop_sigterm ||
                          machine_.state == ServiceState::stop_sigkill;
    if (stopping && !machine_.main_alive && nothing_left()) {
        post(TreeEmpty{});
    }
}

/// Every orphan below us becomes our child: without children there are no descendants.
bool Supervisor::nothing_left() const {
    siginfo_t info{};
    const int r = ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);
    return (r < 0 && errno == ECHILD) || tree_.empty();
}

bool Supervisor::may_notify(pid_t sender) const {
    switch (plan_.notify_access) {
    case NotifyAccess::none:
        return false;
    case NotifyAccess::main:
        return sender == state_.main.pid;
    case NotifyAccess::all:
        return tree_.contains(sender);
    }
    return false;
}

void Supervisor::receive_notifications() {
    if (handles_.notify.fd() < 0) {
        return;
    }
    while (const auto message = handles_.notify.receive()) {
        if (!may_notify(message->sender)) {
            handles_.log.write(LOG_WARNING, concat(state_.name, ": notification of process ",
                                                   message->sender, " refused, notify-access is '",
                                                   name_of(plan_.notify_access), '\''));
            continue;
        }
        const NotifyMessage said = parse_notification(message->text);
        if (said.status && *said.status != state_.status_text) {
            state_.status_text = *said.status;
            upstream_.status(status_line());
            publish();
        }
        if (said.extend) {
            post(NotifiedExtend{*said.extend});
        }
        if (said.stopping) {
            post(NotifiedStopping{});
        }
        if (said.ready) {
            post(NotifiedReady{});
        }
    }
}

} // namespace amphid
