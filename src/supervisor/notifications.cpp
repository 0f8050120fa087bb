// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "os/process.h"
#include "supervisor/supervisor.h"

#include <utility>

// The supervisor as the service's notify server (sd_notify(3)), and as a bridge to the one above.

namespace amphid {

namespace {
constexpr int most_messages = 256; // at one waking
}

bool Supervisor::may_notify(const Notification& message) const {
    const pid_t sender = message.sender;
    switch (notify_access_) {
    case NotifyAccess::none:
        return false;
    case NotifyAccess::main:
        return sender == state_.main.pid;
    case NotifyAccess::exec:
        return sender == state_.main.pid || sender == state_.control.pid;
    case NotifyAccess::all:
        // Asked in this order: of one that is gone the number may be somebody else's.
        return tree_.contains(sender) && (!message.process || has_its_number(message.process));
    }
    return false;
}

void Supervisor::receive_notifications() {
    if (handles_.notify.fd() < 0) {
        return;
    }
    // A flood of strangers must not keep us from everything else.
    for (int count = 0; count < most_messages; ++count) {
        auto message = handles_.notify.receive();
        if (!message) {
            return;
        }
        NotifyMessage said = parse_notification(message->text);
        if (said.barrier) {
            // The end of its descriptor is the answer: all that was sent before is done by then,
            // and told to those above.
            drain_queue();
        } else if (may_notify(*message)) {
            heed(said, *message);
            drain_queue(); // what shows of the next message shows after the effects of this one
        } else if (!std::exchange(refusal_logged_, true)) {
            handles_.log.write(LOG_WARNING, concat(state_.name, ": notification of process ",
                                                   message->sender, " refused, notify-access is '",
                                                   name_of(notify_access_), '\''));
        }
    }
}

void Supervisor::heed(NotifyMessage& said, Notification& message) {
    if (said.access) {
        notify_access_ = *said.access;
    }
    if (said.main_pid) {
        take_main_pid(*said.main_pid, said.main_pidfdid);
    }
    if (said.status && *said.status != state_.status_text) {
        state_.status_text = *said.status;
        upstream_.status(status_line());
        publish();
    }
    const bool from_main = message.sender == state_.main.pid;
    if (const auto relayed = relay_of(said, from_main); !relayed.empty()) {
        upstream_.relay(relayed);
    }
    if (from_main) {
        note_errors(said);
    }
    heed_watchdog(said);
    heed_store(said, message);
    if (said.restart_reset) {
        post(NotifiedRestartReset{});
        upstream_.relay("RESTART_RESET=1");
    }
    if (said.stopping) {
        post(NotifiedStopping{});
    }
    if (said.reloading) {
        if (!is_reloading(machine_.state) && said.reloading->usec > 0) {
            said_reloading_ = said.reloading;
        }
        post(NotifiedReloading{*said.reloading});
    }
    if (said.ready) {
        post(NotifiedReady{});
    }
}

/// The main process's own: tools that it runs report theirs in the same words.
void Supervisor::note_errors(const NotifyMessage& said) {
    const int number = said.error_number.value_or(state_.status_errno);
    const std::string& name = said.bus_error.empty() ? state_.status_bus_error : said.bus_error;
    if (number != state_.status_errno || name != state_.status_bus_error) {
        state_.status_errno = number;
        state_.status_bus_error = name;
        publish();
    }
}

void Supervisor::heed_watchdog(const NotifyMessage& said) {
    if (said.watchdog_usec) {
        watchdog_.set_interval(*said.watchdog_usec);
        watch_watchdog();
        if (watchdog_.manager_watches()) {
            upstream_.relay(concat("WATCHDOG_USEC=", said.watchdog_usec->usec));
        }
    }
    if (said.watchdog_ping && watchdog_.pinged()) {
        upstream_.show_life();
    }
    if (said.watchdog_trigger) {
        watchdog_failed("the service said WATCHDOG=trigger");
    }
    if (said.extend) {
        watchdog_.extend(*said.extend);
        if (machine_.state == ServiceState::running) {
            upstream_.relay(concat("EXTEND_TIMEOUT_USEC=", said.extend->usec));
        } else {
            post(NotifiedExtend{*said.extend});
        }
    }
}

/// Where systemd is above us its store is the one that lasts; what it keeps comes back to our next
/// start.
void Supervisor::heed_store(const NotifyMessage& said, Notification& message) {
    if (plan_.fd_store_max == 0) {
        return;
    }
    const bool to_systemd = is_stored_by_systemd(plan_);
    const std::string& name = said.fd_name.empty() ? default_descriptor_name : said.fd_name;
    if (said.store_remove && !said.fd_name.empty()) {
        store_.remove(name);
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
        if (!told && !std::exchange(store_refusal_logged_, true)) {
            handles_.log.write(LOG_WARNING,
                               concat(state_.name, ": the manager takes no descriptors"));
        }
        return;
    }
    const std::size_t refused =
        store_.add(std::move(message.descriptors), name, !said.fd_without_poll);
    if (refused > 0) {
        handles_.log.write(LOG_WARNING,
                           concat(state_.name, ": file-descriptor-store-max is ",
                                  plan_.fd_store_max, ", no room for ", refused, " descriptors"));
    }
    if (!store_watched_ && store_.fd() >= 0) {
        loop_.watch(Source::store, store_.fd());
        store_watched_ = true;
    }
}

/// systemd, service_is_suitable_main_pid(), but for strangers: only what we can follow to its end
/// and signal is the main process.
void Supervisor::take_main_pid(int pid, std::optional<std::uint64_t> pidfdid) {
    const ServiceState state = machine_.state;
    const bool in_time = state == ServiceState::start || state == ServiceState::start_post ||
                         state == ServiceState::running || is_reloading(state) ||
                         state == ServiceState::stop || state == ServiceState::stop_sigterm;
    if (!in_time || pid == state_.main.pid) {
        return;
    }
    const auto stat = read_stat(pid);
    const bool ours = stat && stat->state != 'Z' && pid != state_.control.pid &&
                      pid != ::getpid() && tree_.contains(pid);
    const auto id = pidfdid ? pidfd_id(pid) : std::nullopt;
    if (!ours || (id && id != pidfdid)) {
        handles_.log.write(LOG_WARNING,
                           concat(state_.name, ": MAINPID=", pid,
                                  " refused, it is no living process of this service"));
        return;
    }
    set_main(pid);
    manage(&Supervisor::renew_service_pid_file);
    if (machine_.awaits_main) {
        pid_file_watch_.reset();
    }
    post(MainFound{});
    publish();
}

void Supervisor::renew_service_pid_file() {
    service_pid_file_.reset();
    draft_pid_files();
    if (service_pid_file_ && state_.ready_usec != 0) {
        service_pid_file_->put_in_place();
    }
}

} // namespace amphid
