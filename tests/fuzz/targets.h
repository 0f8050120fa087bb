// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string_view>

namespace amphid {

/// A reader of text that somebody else writes. `run` may be given any bytes; it aborts where what
/// was read contradicts itself. The inputs in tests/fuzz/corpus/NAME are run by the unit tests; the
/// preset `fuzz` makes a program fuzz_NAME of each.
struct FuzzTarget {
    std::string_view name;
    void (*run)(std::string_view);
};

void fuzz_config(std::string_view text);
void fuzz_notification(std::string_view text);
void fuzz_environment(std::string_view text);
void fuzz_command(std::string_view text);
void fuzz_time_span(std::string_view text);
void fuzz_unit(std::string_view text);
void fuzz_state(std::string_view text);

inline constexpr FuzzTarget fuzz_targets[] = {
    {"config", fuzz_config},
    {"notification", fuzz_notification},
    {"environment", fuzz_environment},
    {"command", fuzz_command},
    {"time_span", fuzz_time_span},
    {"unit", fuzz_unit},
    {"state", fuzz_state},
};

} // namespace amphid
