// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/probes/kinds.h"

namespace amphid {

namespace {

struct Make {
    Subject& subject;
    auto operator()(const Listens& c) const { return make_listen_probe(c, subject); }
    auto operator()(const Connects& c) const { return make_connect_probe(c); }
    auto operator()(const Answers& c) const { return make_http_probe(c); }
    auto operator()(const Exists& c) const { return make_file_probe(c); }
    auto operator()(const OwnsName& c) const { return make_bus_probe(c); }
    auto operator()(const Succeeds& c) const { return make_command_probe(c, subject); }
    auto operator()(const Prints& c) const { return make_log_probe(c); }
    auto operator()(const Writes& c) const { return make_fd_probe(c); }
    auto operator()(const Lives& c) const { return make_delay_probe(c); }
};

} // namespace

std::unique_ptr<Probe> make_probe(const Condition& condition, Subject& subject) {
    return std::visit(Make{subject}, condition);
}

} // namespace amphid
