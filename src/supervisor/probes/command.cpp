// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/signal_name.h"
#include "base/text.h"
#include "supervisor/probes/kinds.h"

#include <csignal>
#include <cstring>
#include <sys/wait.h>

namespace amphid {

namespace {

class CommandProbe final : public Probe {
public:
    CommandProbe(const Command& command, Subject& subject) : command_(command), subject_(subject) {}
    ~CommandProbe() override { kill(); }

    Look look(TimeSpan /*now*/) override {
        if (answer_) {
            Look out = std::move(*answer_);
            answer_.reset();
            return out;
        }
        if (pid_ > 0) {
            return {Look::Answer::later, "still running"};
        }
        if (overdue_ > 0) {
            return {Look::Answer::no, "the previous check is still running"};
        }
        const Spawned spawned = subject_.run(command_);
        if (spawned.pid == 0) {
            return {Look::Answer::no,
                    concat("cannot execute ", command_.path, ": ", ::strerror(spawned.error))};
        }
        pid_ = spawned.pid;
        return {Look::Answer::later, "still running"};
    }

    bool takes_time() const override { return true; }
    void cancel() override {
        kill();
        overdue_ = pid_ > 0 ? pid_ : overdue_;
        pid_ = 0;
        answer_.reset();
    }

    bool child_ended(pid_t pid, int status) override {
        if (pid == overdue_) {
            overdue_ = 0;
            return true;
        }
        if (pid != pid_ || pid_ <= 0) {
            return false;
        }
        pid_ = 0;
        if (WIFSIGNALED(status)) {
            answer_ = Look{Look::Answer::no, concat("killed by ", signal_name(WTERMSIG(status)))};
        } else if (WEXITSTATUS(status) != 0) {
            answer_ = Look{Look::Answer::no, concat("exited with code ", WEXITSTATUS(status))};
        } else {
            answer_ = Look{Look::Answer::yes, {}};
        }
        return true;
    }

private:
    /// It leads its own process group, and its PID is not reused until we reap it.
    void kill() const {
        if (pid_ > 0) {
            ::kill(-pid_, SIGKILL);
        }
    }

    Command command_;
    Subject& subject_;
    pid_t pid_ = 0;
    pid_t overdue_ = 0; // killed, not reaped yet
    std::optional<Look> answer_;
};

} // namespace

std::unique_ptr<Probe> make_command_probe(const Succeeds& condition, Subject& subject) {
    return std::make_unique<CommandProbe>(condition.command, subject);
}

} // namespace amphid
