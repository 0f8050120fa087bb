// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/state.h"

#include <optional>
#include <string>

namespace amphid {

/// What tells the processes of a running service, in a file outside of its runtime directory: if
/// the launcher is killed and the directory is lost, a start still finds them. Not needed as long
/// as there is a state, so a record that cannot be written is no error.
class SecondRecord {
public:
    /// `path` empty: none is kept.
    explicit SecondRecord(std::string path) : path_(std::move(path)) {}

    /// Keeps up with the state: written if other processes belong to the service than before,
    /// removed when it has ended and none of them survived.
    void follow(const State& state);

private:
    bool is_written(const State& state) const;
    void write(const State& state);
    void remove();

    std::string path_;
    bool may_exist_ = true; // a killed launcher's, which is taken over
    // The facts that were written; no ID: none.
    std::string invocation_id_;
    ProcessId main_;
    Lineage lineage_;
};

/// For the holder of the service's lock.
void remove_second_record(const std::string& path);

/// A state with nothing but these facts. Only from a file of our own.
std::optional<State> read_second_record(const std::string& path);

} // namespace amphid
