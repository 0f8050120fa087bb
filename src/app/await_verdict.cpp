// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/await_verdict.h"

#include "app/console.h"
#include "app/join.h"
#include "app/progress.h"
#include "app/running_service.h"
#include "app/standstill.h"
#include "base/text.h"
#include "os/files.h"
#include "os/process.h"

#include <poll.h>
#include <unistd.h>

namespace amphid {

void print_verdict(const Verdict& verdict, Volume volume) {
    const bool success = verdict.code == ExitCode::success;
    if (!success) {
        print_failure(verdict.text);
    } else if (volume != Volume::quiet) {
        write_all(STDOUT_FILENO, verdict.text);
    }
}

void await_verdict(const Plan& plan, const Fd& pipe, Volume volume) {
    std::optional<Verdict> verdict;
    {
        Progress progress(concat(plan.name, ": waiting for it to become ready"));
        pollfd fd{pipe.get(), POLLIN, 0};
        Standstill standstill;
        while (::poll(&fd, 1, progress.interval_ms()) == 0) {
            progress.show();
            standstill.look(look_at(plan.paths.directory));
        }
        verdict = receive_verdict(pipe);
    }
    if (!verdict || verdict->code != ExitCode::success) {
        // The pipe is closed a moment before the launcher has exited.
        const Running running = look_at(plan.paths.directory);
        // The state may still name what we have stopped before the start.
        const bool is_other = running.launcher && running.found->state.launcher.pid != ::getpid();
        if (is_other && !is_active(running.found->state.state)) {
            await_end(running.launcher, -1);
        }
    }
    if (!verdict) {
        throw Failure(ExitCode::failure,
                      concat(plan.name, ": the launcher died before the service was ready"));
    }
    if (verdict->restarts) {
        verdict = join_restart(plan, *verdict);
    }
    print_verdict(*verdict, volume);
    ::_exit(code_of(verdict->code)); // the user is waiting; the kernel cleans up faster
}

} // namespace amphid
