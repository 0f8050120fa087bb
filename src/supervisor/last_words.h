// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/service_pipe.h"
#include "supervisor/forwarder.h"

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace amphid {

/// The last 4 KiB of what the service wrote to its standard error since `begin`: from a pipe that
/// is drained for life, or from the end of the file it writes to.
class LastWords {
public:
    static constexpr std::size_t most = 4096;

    /// Where they come through a pipe; empty where they stand in a file.
    ServicePipe& pipe() { return pipe_; }
    const ServicePipe& pipe() const { return pipe_; }

    /// From now on what comes through the pipe is logged, too, under this name.
    void forward_as(std::string identifier) { forwarder_.emplace(std::move(identifier)); }

    /// The service is about to write to this file (not owned; must stay open); -1 for none.
    void begin_file(int fd);
    void begin_pipe() { text_.clear(); }

    /// Takes what waits in the pipe.
    void drain();

    /// The words, whole lines where there are more.
    std::string text();

private:
    ServicePipe pipe_;
    std::string text_;
    std::optional<Forwarder> forwarder_;
    int file_ = -1;
    off_t file_begin_ = 0;
};

} // namespace amphid
