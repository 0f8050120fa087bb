// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/sockets.h"

#include "base/text.h"
#include "os/listen.h"
#include "os/os_error.h"
#include "os/process.h"

#include <unistd.h>

namespace amphid {

namespace {

std::vector<Fd> taken_from(const ProcessId& holder, const Plan& plan) {
    const Fd process = plan.sockets.empty() ? Fd() : try_open_process(holder);
    std::vector<Fd> out = take_sockets(process, holder.pid, plan.sockets);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::string path = path_of(plan.sockets[i]);
        if (!path.empty() && ::access(path.c_str(), F_OK) != 0) {
            out[i].reset(); // nobody could connect to it
        }
    }
    return out;
}

/// Opens what is missing: all of it, or nothing. `excuses` says of a failure whether the start can
/// do without that socket.
template <class Excuses>
void open_missing(const Plan& plan, std::vector<Fd>& sockets, Excuses excuses) {
    sockets.resize(plan.sockets.size());
    std::vector<const Socket*> opened;
    for (std::size_t i = 0; i < sockets.size(); ++i) {
        try {
            if (!sockets[i]) {
                sockets[i] = listen_on(plan.sockets[i]);
                opened.push_back(&plan.sockets[i]);
            }
        } catch (const OsError& error) {
            if (!excuses(error)) {
                for (const Socket* socket : opened) {
                    remove_socket(*socket);
                }
                throw;
            }
        }
    }
}

} // namespace

void open_sockets(const Plan& plan, Handles& handles, Log log) {
    if (handles.orphan) {
        handles.sockets = taken_from(handles.orphan->main, plan);
    }
    open_missing(plan, handles.sockets, [&](const OsError& error) {
        if (handles.orphan) {
            log.write(LOG_WARNING, concat(plan.name, ": not taken over from its main process, PID ",
                                          handles.orphan->main.pid,
                                          ", to be opened at its next start: ", error.what()));
        }
        return handles.orphan != nullptr;
    });
}

std::vector<Fd> hold_sockets(const Plan& plan, const ProcessId& holder) {
    std::vector<Fd> out = taken_from(holder, plan);
    // Those that the kernel did not let us take are still in use.
    open_missing(plan, out, [](const OsError& error) { return error.error() == EADDRINUSE; });
    return out;
}

} // namespace amphid
