// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/second_record.h"

#include "os/files.h"
#include "os/os_error.h"
#include "plan/document.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

/// What Inheritance needs.
State facts_of(const State& state) {
    State out;
    out.name = state.name;
    out.config = state.config;
    out.instance = state.instance;
    out.mode = state.mode;
    out.state = ServiceState::running;
    out.launcher.boot_id = state.launcher.boot_id;
    out.main = state.main;
    out.lineage = state.lineage;
    out.invocation_id = state.invocation_id;
    return out;
}

/// The usual case is that it exists; making it checks the path.
Fd open_place(const std::string& path) {
    Fd out(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    return out ? std::move(out) : open_directory(path, true);
}

} // namespace

void SecondRecord::follow(const State& state) {
    if (path_.empty() || state.invocation_id.empty()) {
        return;
    }
    if (is_active(state.state)) {
        if (!is_written(state)) {
            write(state);
        }
    } else if (state.survivors.empty()) {
        remove();
    }
}

bool SecondRecord::is_written(const State& state) const {
    // Without a main process the descendants of the last one may still be there.
    return invocation_id_ == state.invocation_id &&
           (state.main.pid == 0 || (main_ == state.main && lineage_ == state.lineage));
}

void SecondRecord::write(const State& state) {
    const auto [directory, name] = split_path(path_);
    try {
        may_exist_ = true;
        replace_file(open_place(directory).get(), name, encode(facts_of(state)), 0644);
        invocation_id_ = state.invocation_id;
        main_ = state.main;
        lineage_ = state.lineage;
    } catch (const OsError&) {
        invocation_id_.clear(); // tried again with the next state
    }
}

void SecondRecord::remove() {
    if (may_exist_) {
        remove_second_record(path_);
        may_exist_ = false;
        invocation_id_.clear();
    }
}

void remove_second_record(const std::string& path) {
    if (!path.empty() && ::unlink(path.c_str()) == 0) {
        ::rmdir(split_path(path).first.c_str()); // if it was the last one
    }
}

std::optional<State> read_second_record(const std::string& path) {
    const Fd file(path.empty() ? -1
                               : ::open(path.c_str(),
                                        O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat st {};
    if (!file || ::fstat(file.get(), &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != ::geteuid()) {
        return std::nullopt;
    }
    const auto text = read_all(file.get(), 65536);
    return text ? decode(*text) : std::nullopt;
}

} // namespace amphid
