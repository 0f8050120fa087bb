// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "plan/endpoint.h"

namespace amphid {

/// Begins to connect to the endpoint by its address with that index (addresses_of; a unix socket
/// has one). An empty descriptor with errno where that is refused at once; ENOENT where there is no
/// such address. Never blocks: the descriptor becomes writable when the answer is there.
Fd begin_connect(const Endpoint& endpoint, std::size_t address);

/// How it went: 0 or an errno; EINPROGRESS where there is no answer yet.
int connect_result(const Fd& socket);

} // namespace amphid
