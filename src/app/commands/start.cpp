// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/start.h"
#include "app/commands.h"
#include "app/console.h"
#include "app/unit_start.h"
#include "app/watch_run.h"
#include "base/text.h"
#include "os/files.h"

namespace amphid {

int run_start(const Arguments& arguments) {
    const std::string& word = arguments.operands.front();
    if (arguments.asked == Asked::nothing) {
        if (const auto code = start_generated_unit(word, arguments.retries, arguments.volume)) {
            // As if we did it, if readiness is to be reported that way.
            if (*code == code_of(ExitCode::success) && arguments.notify_fd >= 0 &&
                !write_all(arguments.notify_fd, "\n")) {
                throw OsError("cannot write to", concat("--notify-fd ", arguments.notify_fd));
            }
            return *code;
        }
    }
    return start_service(word, {arguments.asked, arguments.adopts, arguments.retries,
                                arguments.notify_fd, arguments.volume});
}

int run_run(const Arguments& arguments) {
    const auto run = [&] {
        return start_service(arguments.operands.front(),
                             {.asked = Asked::foreground,
                              .retries = arguments.retries,
                              .notify_fd = arguments.notify_fd,
                              .volume = arguments.volume,
                              .arguments = arguments.passed,
                              .settings = arguments.settings,
                              .environment_files = arguments.environment_files,
                              .is_program = arguments.is_program});
    };
    return arguments.watched.empty() ? run() : run_watched(arguments, run);
}

} // namespace amphid
