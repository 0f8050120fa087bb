// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace amphid {

// A directory for the FIFOs, configurations and pid files of one run of the benchmark, on a tmpfs
// where one can be had, removed at its end.
//
// Root: the process enters a mount namespace of its own with an empty tmpfs on /run, so that
// neither a service of the host nor the file system below its /run is part of the figures. Where
// that is not permitted, the host's /run is used. Others: below XDG_RUNTIME_DIR, /dev/shm or /tmp.
class Workplace {
public:
    Workplace();
    ~Workplace();
    Workplace(const Workplace&) = delete;
    Workplace& operator=(const Workplace&) = delete;

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    // Where amphid keeps the files of its services.
    [[nodiscard]] const std::filesystem::path& runtime() const { return runtime_; }
    // What every contender gets as its environment.
    [[nodiscard]] const std::vector<std::string>& environment() const { return environment_; }
    // One clause for the head of the report.
    [[nodiscard]] const std::string& description() const { return description_; }

private:
    std::filesystem::path directory_;
    std::filesystem::path runtime_;
    std::vector<std::string> environment_;
    std::string description_;
};

void write_text(const std::filesystem::path& file, const std::string& text);

} // namespace amphid
