// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/narrator.h"

#include "app/console.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/files.h"
#include "supervisor/onlooker.h"

#include <unistd.h>
#include <utility>

namespace amphid {

namespace {

std::string text_of_state(const State& state) {
    const auto process = [](std::string_view name, const ProcessId& id) {
        return id.pid > 0 ? concat(", ", name, ' ', id.pid) : std::string();
    };
    return concat(name_of(state.state), process("main PID", state.main),
                  process("control PID", state.control),
                  state.waiting_for.empty() ? "" : concat(", waiting for ", state.waiting_for));
}

} // namespace

Narrator::Narrator(Volume volume, std::string service)
    : volume_(volume), service_(std::move(service)), begin_(monotonic_now()) {}

void Narrator::result(std::string_view text) const {
    if (volume_ != Volume::quiet) {
        print(concat(service_, ": ", text, '\n'));
    }
}

void Narrator::step(std::string_view text) const {
    if (volume_ == Volume::verbose) {
        write_all(STDERR_FILENO,
                  step_line({monotonic_now().usec - begin_.usec}, concat(service_, ": ", text)));
    }
}

void Narrator::see(const Running& running) {
    if (volume_ != Volume::verbose || !running.found || running.stateless) {
        return;
    }
    std::string now = text_of_state(running.found->state);
    if (now != last_) {
        step(now);
        last_ = std::move(now);
    }
}

} // namespace amphid
