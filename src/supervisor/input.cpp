// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "os/clock.h"
#include "os/process.h"
#include "os/signals.h"
#include "supervisor/supervisor.h"

#include <csignal>
#include <fcntl.h>
#include <utility>

// Input from outside: signals, and messages of the service.

namespace amphid {

namespace {
constexpr int most_signals = 64; // of one turn

bool is_terminal_gone() {
    return !Fd(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
}
} // namespace

SignalFacts Supervisor::facts_about(const signalfd_siginfo& info) {
    const int signal = static_cast<int>(info.ssi_signo);
    SignalFacts facts;
    facts.self = ::getpid();
    facts.parent = ::getppid();
    facts.has_terminal = handles_.has_terminal;
    facts.service_is_apart = !handles_.shares_terminal;
    facts.group_had_it =
        handles_.group_witness && info.ssi_code != SI_KERNEL && handles_.group_witness->had(signal);
    facts.terminal_is_gone = handles_.has_terminal && signal == SIGHUP && is_terminal_gone();
    facts.ignores_hang_up = handles_.ignores_hang_up;
    facts.we_are_pid_1 = plan_.we_are_pid_1;
    facts.kill_signal = plan_.kill_signal;
    facts.manager_watches = plan_.announce == Announce::manager;
    return facts;
}

void Supervisor::read_signals() {
    for (int count = 0; count < most_signals; ++count) {
        auto info = next_signal(handles_.signals);
        if (!info) {
            return;
        }
        if (info->ssi_signo == SIGIO && info->ssi_code == POLL_MSG) {
            files_.note_loss();
            continue;
        }
        SignalFacts facts = facts_about(*info);
        const int signal = rewritten_signal(*info, plan_.signal_rewrites);
        if (signal != static_cast<int>(info->ssi_signo)) {
            info->ssi_signo = static_cast<unsigned>(signal);
            facts.group_had_it = false; // what it had is the signal that was sent
        }
        if (signal != 0) {
            on_signal(meaning_of(*info, facts), *info);
        }
    }
}

void Supervisor::on_signal(SignalMeaning meaning, const signalfd_siginfo& info) {
    switch (meaning) {
    case SignalMeaning::nothing:
        return;
    case SignalMeaning::stop:
    case SignalMeaning::stop_for_restart:
        events_.post(StopRequested{meaning == SignalMeaning::stop_for_restart});
        return;
    case SignalMeaning::stop_of_group:
        group_was_told_ = true;
        events_.post(StopRequested{});
        return;
    case SignalMeaning::interrupt:
        interrupted();
        return;
    case SignalMeaning::reload:
        events_.post(ReloadRequested{});
        return;
    case SignalMeaning::look:
        files_.invalidate();
        streams_.look_at_log();
        return;
    case SignalMeaning::watchdog:
        events_.post(WatchdogFailed{});
        return;
    case SignalMeaning::child:
        // Messages sent before an exit are read before it.
        notify_.receive();
        deliver();
        processes_.reap();
        return;
    case SignalMeaning::forward:
        if (machine_.main_alive) {
            processes_.signal_main(static_cast<int>(info.ssi_signo));
        }
        return;
    case SignalMeaning::suspend:
        ::raise(SIGSTOP); // or the shell would keep waiting for us
        return;
    }
}

/// A service that handles ^C itself decides what it means: it may end, which is then no failure
/// that causes a restart, or go on. A second ^C is a stop.
void Supervisor::interrupted() {
    constexpr TimeSpan insistence = seconds(2);
    const TimeSpan now = monotonic_now();
    const bool insists = now < after(interrupted_at_, insistence);
    const int main = processes_.main_pid();
    const bool handles_it = main > 0 && !dies_of(main, SIGINT) && !ignores(main, SIGINT);
    interrupted_at_ = now;
    if (machine_.stop_requested()) {
        group_was_told_ = false;
        perform(SignalTree{}); // a service that ignored the first ^C gets kill-signal
    } else if (!handles_it || insists) {
        group_was_told_ = !handles_it;
        events_.post(StopRequested{});
    }
}

/// True if the main process ended shortly after ^C.
bool Supervisor::ended_by_interrupt(const Event& event) const {
    return std::holds_alternative<MainExited>(event.what) && !machine_.stop_requested() &&
           interrupted_at_.usec > 0 && event.at < after(interrupted_at_, plan_.policy.timeout_stop);
}

void Supervisor::on_message(NotifyMessage& said, Notification& message) {
    if (said.access) {
        activation_.notify_access = *said.access;
    }
    if (said.main_pid) {
        take_main_pid(said);
    }
    take_status(said, message.sender == processes_.main_pid());
    take_watchdog(said);
    take_descriptors(said, message);
    if (said.restart_reset) {
        events_.post(NotifiedRestartReset{});
        upstream_.relay("RESTART_RESET=1");
    }
    if (said.stopping) {
        events_.post(NotifiedStopping{});
    }
    if (said.reloading) {
        if (!is_reloading(machine_.state) && said.reloading->usec > 0) {
            reloading_since_ = said.reloading;
        }
        events_.post(NotifiedReloading{*said.reloading});
    }
    if (said.ready) {
        events_.post(NotifiedReady{});
    }
}

void Supervisor::take_status(const NotifyMessage& said, bool from_main) {
    if (said.status && *said.status != activation_.status_text) {
        activation_.status_text = *said.status;
        upstream_.status(status_line(situation()));
    }
    if (const auto relayed = relay_of(said, from_main); !relayed.empty()) {
        upstream_.relay(relayed);
    }
    // From the main process only: tools that it runs may send the same messages.
    if (from_main) {
        activation_.status_errno = said.error_number.value_or(activation_.status_errno);
        if (!said.bus_error.empty()) {
            activation_.status_bus_error = said.bus_error;
        }
    }
}

void Supervisor::take_watchdog(const NotifyMessage& said) {
    const TimeSpan now = monotonic_now();
    if (said.watchdog_usec) {
        checks_.set_interval(*said.watchdog_usec, now);
        if (checks_.manager_watches()) {
            const TimeSpan& asked = *said.watchdog_usec;
            upstream_.relay(concat("WATCHDOG_USEC=", asked.is_infinite() ? 0 : asked.usec));
        }
    }
    if (said.watchdog_ping) {
        checks_.pinged(now);
    }
    if (said.watchdog_trigger) {
        checks_.trigger("the service sent WATCHDOG=trigger");
    }
    if (said.extend) {
        checks_.extend(*said.extend, now);
        if (machine_.state == ServiceState::running) {
            upstream_.relay(concat("EXTEND_TIMEOUT_USEC=", said.extend->usec));
        } else {
            events_.post(NotifiedExtend{*said.extend});
        }
    }
}

/// Under systemd its store is used, and it passes the descriptors to our next start.
void Supervisor::take_descriptors(const NotifyMessage& said, Notification& message) {
    if (plan_.fd_store_max == 0) {
        return;
    }
    const bool to_systemd = is_stored_by_systemd(plan_);
    const std::string& name = said.fd_name.empty() ? default_descriptor_name : said.fd_name;
    if (said.store_remove && !said.fd_name.empty()) {
        descriptors_.remove(name);
        if (to_systemd) {
            upstream_.relay(concat("FDSTOREREMOVE=1\nFDNAME=", name));
        }
    }
    if (!said.store || message.descriptors.empty()) {
        return;
    }
    if (to_systemd) {
        const bool told = upstream_.relay(
            concat("FDSTORE=1\nFDNAME=", name, said.fd_without_poll ? "\nFDPOLL=0" : ""),
            message.descriptors);
        if (!told && !std::exchange(activation_.store_refused, true)) {
            handles_.log.write(
                LOG_WARNING,
                concat(plan_.name, ": the service manager accepts no file descriptors"));
        }
        return;
    }
    const std::size_t refused =
        descriptors_.store(std::move(message.descriptors), name, !said.fd_without_poll);
    if (refused > 0) {
        handles_.log.write(LOG_WARNING,
                           concat(plan_.name, ": file-descriptor-store-max is ", plan_.fd_store_max,
                                  ", no room for ", refused, " descriptors"));
    }
}

void Supervisor::take_main_pid(const NotifyMessage& said) {
    if (processes_.set_main_by_message(*said.main_pid, said.main_pidfdid)) {
        main_search_.end();
        main_has_changed();
    }
}

bool Supervisor::follow_main() {
    const bool moved = main_search_.follow();
    if (moved) {
        main_has_changed();
    }
    return moved;
}

void Supervisor::main_has_changed() {
    files_.forget_service_pid();
    attempt([this] {
        files_.draft_pid_files(identity_.launcher.pid, processes_.main_pid());
        if (activation_.ready_usec != 0) {
            files_.put_pid_files_in_place();
        }
    });
    events_.post(MainFound{});
}

} // namespace amphid
