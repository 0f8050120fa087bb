// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace amphid {

/// The socket of journald's native protocol, which takes entries of several fields. A send never
/// waits for journald, and journald may be restarted at any time.
class JournalSocket {
public:
    explicit JournalSocket(std::string path = "/run/systemd/journal/socket")
        : path_(std::move(path)) {}

    enum class Answer : std::uint8_t {
        taken,
        absent, // nobody listens there
        busy,   // it is there, but does not read
    };

    /// Sends one entry: "FIELD=value\n" for each of its fields.
    Answer send(std::string_view entry);

private:
    std::string path_;
    Fd fd_;
};

} // namespace amphid
