// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/spawn.h"
#include "plan/plan.h"
#include "supervisor/last_words.h"

#include <array>
#include <string>

namespace amphid {

/// The descriptors that `inherit` means: ours from before a daemon let go of them.
struct Inherited {
    Fd output;
    Fd error;
};

/// Starts the service's main process as its plan says, again for each restart: what systemd reads
/// again at each start (variables, files) is read again here.
class MainProcess {
public:
    MainProcess(const Plan& plan, Inherited inherited, std::string notify_address,
                bool shares_group);

    /// Opens and computes what the next start needs; what is refused is that start's answer. A
    /// daemon does it before it forks, on pages that are not shared yet. `invocation_id` becomes
    /// INVOCATION_ID unless the manager's stays.
    void prepare(const std::string& invocation_id);

    /// Starts what was prepared.
    Spawned start(Record& record);

    LastWords& last_words() { return last_words_; }

private:
    struct Stream {
        int fd = -1;
        Fd file; // where it is one of ours
        int error = 0;
    };

    Stream open_stream(const Output& output, int inherited) const;
    Stream open_null(int access) const;
    Stream open_file(const char* path, int flags) const;
    Spawned open_streams();
    std::vector<std::string> environment(const std::string& invocation_id) const;

    const Plan& plan_;
    Inherited inherited_;
    std::string notify_address_;
    bool shares_group_;
    SpawnRequest request_;
    Spawned refused_;
    Stream input_;
    Stream output_;
    Stream error_;
    LastWords last_words_;
};

} // namespace amphid
