// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/progress.h"

#include "base/text.h"
#include "os/clock.h"
#include "os/files.h"

#include <cstdint>
#include <unistd.h>

namespace amphid {

namespace {
constexpr std::string_view wipe = "\r\033[K";
}

Progress::Progress(std::string_view awaited)
    : awaited_(awaited), begin_(monotonic_now()), terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
    if (shown_) {
        write_all(STDERR_FILENO, wipe);
    }
}

void Progress::show() {
    if (terminal_) {
        const std::int64_t waited = (monotonic_now().usec - begin_.usec) / 1'000'000;
        write_all(STDERR_FILENO, concat(wipe, printable(awaited_), " (", waited, " s)"));
        shown_ = true;
    }
}

} // namespace amphid
