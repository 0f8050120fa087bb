// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "supervisor/probes/connection.h"
#include "supervisor/probes/kinds.h"

#include <cerrno>
#include <cstdint>
#include <cstring>

namespace amphid {

namespace {

class ConnectProbe final : public Probe {
public:
    explicit ConnectProbe(const Endpoint& to) : connection_(to) {}

    Look look(TimeSpan /*now*/) override {
        const int error = connection_.advance();
        if (error == EINPROGRESS) {
            return {Look::Answer::later, "no answer yet"};
        }
        cancel();
        return error == 0 ? Look{Look::Answer::yes, {}} : Look{Look::Answer::no, ::strerror(error)};
    }

    bool takes_time() const override { return true; }
    void cancel() override { connection_.close(); }
    int fd() const override { return connection_.socket().get(); }
    std::uint32_t events() const override { return EPOLLOUT; }

private:
    Connection connection_;
};

} // namespace

std::unique_ptr<Probe> make_connect_probe(const Connects& condition) {
    return std::make_unique<ConnectProbe>(condition.to);
}

} // namespace amphid
