// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/forwarder.h"

#include "base/text.h"
#include "os/journal_stream.h"

#include <ctime>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>

namespace amphid {

namespace {

constexpr std::size_t longest_line = std::size_t{48} * 1024; // journald's own

Fd open_syslog() {
    Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::string_view("/dev/log").copy(address.sun_path, sizeof address.sun_path - 1);
    const bool connected =
        fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    return connected ? std::move(fd) : Fd();
}

bool send_all(const Fd& fd, std::string_view text) {
    // A journald that is being restarted must not end us by SIGPIPE.
    return fd && ::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
                     static_cast<ssize_t>(text.size());
}

/// "<N>" at the beginning, taken off.
int take_priority(std::string_view& line) {
    if (line.size() >= 3 && line[0] == '<' && line[1] >= '0' && line[1] <= '7' && line[2] == '>') {
        const int priority = line[1] - '0';
        line.remove_prefix(3);
        return priority;
    }
    return LOG_INFO;
}

std::string time_stamp() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&now, &local);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%b %e %H:%M:%S", &local)};
}

} // namespace

void Forwarder::take(std::string_view text) {
    unfinished_ += text;
    std::size_t begin = 0;
    for (auto end = unfinished_.find('\n'); end != std::string::npos;
         end = unfinished_.find('\n', begin)) {
        send(std::string_view(unfinished_).substr(begin, end - begin));
        begin = end + 1;
    }
    unfinished_.erase(0, begin);
    if (unfinished_.size() > longest_line) {
        send(unfinished_);
        unfinished_.clear();
    }
}

void Forwarder::send(std::string_view line) {
    if (!line.empty() && !send_to_journal(line)) {
        send_to_syslog(line);
    }
}

bool Forwarder::send_to_journal(std::string_view line) {
    const std::string text = concat(line, '\n');
    if (send_all(journal_, text)) {
        return true;
    }
    journal_ = open_journal_stream(identifier_, LOG_INFO);
    return send_all(journal_, text);
}

void Forwarder::send_to_syslog(std::string_view line) {
    const int priority = LOG_DAEMON | take_priority(line);
    const std::string text =
        concat('<', priority, '>', time_stamp(), ' ', identifier_, '[', ::getpid(), "]: ", line);
    if (!send_all(syslog_, text)) {
        syslog_ = open_syslog();
        send_all(syslog_, text);
    }
}

} // namespace amphid
