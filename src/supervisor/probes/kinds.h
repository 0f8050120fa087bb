// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "supervisor/probes/probe.h"

#include <memory>

namespace amphid {

// One file per kind; the conditions themselves are described in plan/condition.h.

std::unique_ptr<Probe> make_listen_probe(const Listens& condition, Subject& subject);
std::unique_ptr<Probe> make_connect_probe(const Connects& condition);
std::unique_ptr<Probe> make_http_probe(const Answers& condition);
std::unique_ptr<Probe> make_file_probe(const Exists& condition);
std::unique_ptr<Probe> make_bus_probe(const OwnsName& condition);
std::unique_ptr<Probe> make_command_probe(const Succeeds& condition, Subject& subject);
std::unique_ptr<Probe> make_log_probe(const Prints& condition);
std::unique_ptr<Probe> make_fd_probe(const Writes& condition);
std::unique_ptr<Probe> make_delay_probe(const Lives& condition);

} // namespace amphid
