// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/in_place.h"

#include "app/await_verdict.h"
#include "app/console.h"
#include "base/text.h"
#include "os/detach.h"
#include "os/os_error.h"
#include "os/runtime_files.h"
#include "supervisor/in_place.h"

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace amphid {

namespace {

/// The starting command's part: the pipe's end without a failure is the success of execve(2).
int await_execution(const Plan& plan, Fd pipe, Volume volume) {
    const auto verdict = receive_verdict(pipe, Verdict{ExitCode::success, ""});
    const Fd directory = look_into_directory(plan.paths.directory);
    const auto found = find_state(directory);
    if (!verdict) {
        throw Failure(ExitCode::failure,
                      concat(plan.name, ": its process died before it became the service"));
    }
    if (verdict->code != ExitCode::success) {
        if (found) { // the failed process may have had too few rights for that
            tidy_after_launcher(plan.paths.directory, directory, &found->state, {});
        }
        print_verdict(*verdict, volume);
    } else {
        print_verdict(
            {ExitCode::success, concat(plan.name, ": running (PID ",
                                       found ? found->state.main.pid : 0, "), not supervised\n")},
            volume);
    }
    return code_of(verdict->code);
}

int start_daemon(const Plan& plan, State&& first, Handles&& handles, Volume volume) {
    int ends[2];
    checked(::pipe2(ends, O_CLOEXEC), "cannot create", "the startup pipe");
    Fd reader(ends[0]);
    handles.startup = Fd(ends[1]);
    // Until setsid a hang-up of the terminal could still kill the daemon.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, &before);
    const Fd lock(::fcntl(handles.lock.get(), F_DUPFD_CLOEXEC, 3)); // until the files are tidy
    auto service = std::make_unique<InPlace>(plan, std::move(first), std::move(handles));
    service->prepare();
    if (!detach()) {
        service.reset(); // our ends of the pipe
        ::sigprocmask(SIG_SETMASK, &before, nullptr);
        return await_execution(plan, std::move(reader), volume);
    }
    reader.reset();
    try {
        return service->become().code;
    } catch (const OsError& error) {
        service->fail(concat("amphid: ", plan.name, ": ", error.what(), '\n'));
        return code_of(ExitCode::failure);
    }
}

} // namespace

int start_in_place(const Plan& plan, State&& first, Handles&& handles, Volume volume) {
    if (plan.detach) {
        return start_daemon(plan, std::move(first), std::move(handles), volume);
    }
    InPlace service(plan, std::move(first), std::move(handles));
    service.prepare();
    const InPlace::Failed failed = service.become();
    print_failure(failed.text);
    return failed.code;
}

} // namespace amphid
