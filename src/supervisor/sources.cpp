// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "plan/notification.h"
#include "supervisor/supervisor.h"

#include <csignal>
#include <fcntl.h>
#include <optional>
#include <sys/wait.h>
#include <utility>

// The supervisor's ears: what the kernel and the service say becomes events of the machine.

namespace amphid {

namespace {
constexpr int most_messages = 256; // at one waking
}

void Supervisor::look_at(Source source) {
    switch (source) {
    case Source::notify:
        receive_notifications();
        return;
    case Source::words:
        executor_.last_words().drain();
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
    std::optional<int> main_status;
    int status = 0;
    for (pid_t pid = ::waitpid(-1, &status, WNOHANG); pid > 0;
         pid = ::waitpid(-1, &status, WNOHANG)) {
        if (pid == state_.main.pid && machine_.main_alive) {
            main_status = status;
        }
    }
    // Asked when all the dead are buried: each of them would count as somebody left.
    if (main_status) {
        main_ended(*main_status);
    }
    if (machine_.state == ServiceState::stop_sigkill) {
        perform(KillTree{}); // whoever was forked since
    }
    const bool stopping = machine_.state == ServiceState::stop_sigterm ||
                          machine_.state == ServiceState::stop_sigkill;
    if (stopping && !machine_.main_alive && tree_.empty()) {
        post(TreeEmpty{});
    }
}

void Supervisor::main_ended(int status) {
    MainExit exit{ExitKind::exited, WEXITSTATUS(status), ExecStage::none};
    if (WIFSIGNALED(status)) {
        exit = {WCOREDUMP(status) ? ExitKind::dumped : ExitKind::killed, WTERMSIG(status),
                ExecStage::none};
    }
    handles_.log.write(LOG_INFO, concat(state_.name, ": main process ", state_.main.pid, ' ',
                                        describe_exit(exit, object_of(exit.stage))));
    state_.main = {};
    state_.ready_usec = 0;
    service_pid_file_.reset();
    post(MainExited{exit, tree_.empty()});
    drain_queue();
}

bool Supervisor::may_notify(pid_t sender) const {
    switch (plan_.notify_access) {
    case NotifyAccess::none:
        return false;
    case NotifyAccess::main:
    case NotifyAccess::exec:
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
    // A flood of strangers must not keep us from everything else.
    for (int count = 0; count < most_messages; ++count) {
        const auto message = handles_.notify.receive();
        if (!message) {
            return;
        }
        if (!may_notify(message->sender)) {
            if (std::exchange(refusal_logged_, true)) {
                continue;
            }
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
