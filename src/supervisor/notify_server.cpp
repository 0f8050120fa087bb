// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/notify_server.h"

#include "base/text.h"
#include "os/files.h"
#include "os/process.h"
#include "plan/file_names.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <utility>

namespace amphid {

namespace {
constexpr int most_messages = 256; // per turn: a flood must not keep us from everything else
}

NotifyServer::NotifyServer(Loop& loop, NotifySocket socket, std::string name, NotifyAccess access,
                           ActivationFacts& activation, const Senders& senders, Log& log,
                           Closer& closer, Take take)
    : socket_(std::move(socket)), name_(std::move(name)), access_(access), activation_(activation),
      senders_(senders), log_(log), closer_(closer), take_(std::move(take)),
      source_(loop, Turn::notify, [this] { receive(); }) {}

void NotifyServer::end(int directory) {
    source_.off();
    socket_.remove(directory);
}

void NotifyServer::renew(int directory) {
    const std::string& address = socket_.address();
    struct stat st {};
    if (!address.starts_with('/') ||
        ::fstatat(directory, notify_name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        return;
    }
    NotifySocket fresh(directory, split_path(address).first);
    receive(); // messages sent to the old one
    const bool listens = !source_.is_off();
    source_.off();
    std::swap(socket_, fresh);
    if (listens) {
        source_.on(socket_.fd());
    }
}

void NotifyServer::receive() {
    for (int count = 0; socket_.fd() >= 0 && count < most_messages; ++count) {
        auto message = socket_.receive();
        if (!message) {
            return;
        }
        handle(*message);
        // Closing its descriptor answers a barrier.
        closer_.take(std::exchange(message->descriptors, {}));
    }
}

void NotifyServer::handle(Notification& message) {
    if (message.sender == 0) {
        return;
    }
    NotifyMessage said = parse_notification(message.text);
    if (said.barrier) {
        return;
    }
    const NotifyAccess access = activation_.notify_access.value_or(access_);
    if (may_notify(message, access)) {
        take_(said, message);
    } else {
        refuse(message, access);
    }
}

bool NotifyServer::may_notify(const Notification& message, NotifyAccess access) const {
    const pid_t sender = message.sender;
    switch (access) {
    case NotifyAccess::none:
        return false;
    case NotifyAccess::main:
        return sender == senders_.main_pid();
    case NotifyAccess::exec:
        return sender == senders_.main_pid() || sender == senders_.control_pid();
    case NotifyAccess::all:
        // In this order: the PID of a process that is gone may be reused.
        return senders_.contains(sender) && (!message.process || has_its_number(message.process));
    }
    return false;
}

/// Logged once per activation; a start that waits for READY=1 reports it, too.
void NotifyServer::refuse(const Notification& message, NotifyAccess access) {
    if (!activation_.refused_message.empty()) {
        return;
    }
    activation_.refused_message = concat("a notification from PID ", message.sender,
                                         " was ignored: notify-access is '", name_of(access), '\'');
    log_.write(LOG_WARNING, concat(name_, ": ", activation_.refused_message));
}

} // namespace amphid
