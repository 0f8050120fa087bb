// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/occasion.h"
#include "base/volume.h"
#include "os/journal_socket.h"
#include "os/nonblocking_writer.h"
#include "os/syslog_socket.h"
#include "supervisor/log_entry.h"
#include "supervisor/onlooker.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <syslog.h>

namespace amphid {

/// The launcher's own log. A person gets lines on standard error. Under systemd and in daemon mode
/// journald gets entries with fields; where it does not run, standard error gets the "<N>" prefixes
/// of sd-daemon(3) and syslog(3)'s socket gets a daemon's lines. Never waits for a reader: a line
/// that is not taken at once is lost, and the next one that is taken says how many were.
class Log {
public:
    enum class Sink : unsigned char { person, journal, syslog };

    explicit Log(Sink sink, Volume volume = Volume::normal);

    /// Of whom it tells.
    void set_owner(LogOwner owner) { owner_ = std::move(owner); }
    void begin_activation(std::string_view invocation_id) { invocation_id_ = invocation_id; }

    /// A log that nobody receives is looked for once in each turn of the loop.
    void begin_turn() { nobody_listens_ = false; }

    /// Writes one line; `priority` as in syslog(3).
    void write(int priority, std::string_view text, Occasion occasion = Occasion::other);
    /// What is worth keeping, but no news to a person who looks on.
    void record(std::string_view text, Occasion occasion);
    /// A step, for who asked for all of them: `words()` are made only then.
    template <class Words>
    void step(const Words& words) {
        if (onlooker_ || (volume_ == Volume::verbose && sink_ == Sink::person)) {
            show_step(words());
        }
    }
    /// What the service itself has said.
    void quote(std::string_view line);

    /// A daemon's notices, warnings and errors go there as well: into the log of the service.
    void copy_to(std::function<void(std::string_view text)> service_log) {
        service_log_ = std::move(service_log);
    }

    /// Somebody watches this daemon's start, until it is over; their command began at that time.
    void show_to(Fd screen, TimeSpan begin);
    void end_show() { onlooker_.reset(); }
    bool is_watched() const { return onlooker_ != nullptr; }
    /// Output of the service, for the same person.
    void show_output(std::string_view output);

private:
    void show_step(std::string_view text);
    void keep(int priority, std::string_view text, Occasion occasion);
    bool keep_now(int priority, std::string_view text, Occasion occasion);
    bool shows(int priority) const;

    Sink sink_;
    Volume volume_;
    TimeSpan begin_;
    bool colour_ = false;
    LogOwner owner_;
    std::string invocation_id_;
    NonblockingWriter stderr_{2};
    JournalSocket journal_;
    SyslogSocket syslog_;
    bool nobody_listens_ = false; // in this turn
    std::unique_ptr<Onlooker> onlooker_;
    std::function<void(std::string_view)> service_log_;
    unsigned long lost_ = 0;
};

} // namespace amphid
