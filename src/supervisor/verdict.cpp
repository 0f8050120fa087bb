// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/verdict.h"

#include "base/text.h"
#include "os/files.h"

namespace amphid {

namespace {
constexpr std::string_view restarts = " restart";
}

void send_verdict(Fd& pipe, const Verdict& verdict) {
    if (pipe) {
        // The command may be gone; SIGPIPE is blocked here.
        write_all(pipe.get(), concat(static_cast<int>(verdict.code),
                                     verdict.restarts ? restarts : "", '\n', verdict.text));
        if (verdict.code == ExitCode::success) {
            pipe.reset();
        }
    }
}

void send_wake(const Fd& pipe) {
    if (pipe) {
        write_all(pipe.get(), "\n");
    }
}

std::optional<Verdict> receive_verdict(const Fd& pipe, const std::optional<Verdict>& after_wake) {
    auto text = read_all(pipe.get(), 65536);
    if (text == "\n") {
        return after_wake;
    }
    while (text && text->starts_with('\n')) {
        text->erase(0, 1);
    }
    const auto end = text ? text->find('\n') : std::string::npos;
    std::string head = end == std::string::npos ? "" : text->substr(0, end);
    const bool restart = head.ends_with(restarts);
    head.resize(head.size() - (restart ? restarts.size() : 0));
    const auto code = parse_number<int>(head);
    if (!code) {
        return std::nullopt;
    }
    return Verdict{static_cast<ExitCode>(*code), text->substr(end + 1), restart};
}

} // namespace amphid
