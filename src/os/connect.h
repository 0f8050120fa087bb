// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "plan/endpoint.h"

namespace amphid {

/// Starts connecting to the endpoint's address with that index (addresses_of; a unix socket has
/// one). Returns an empty descriptor with errno if that fails at once; ENOENT if there is no such
/// address. Never blocks: the descriptor becomes writable when the result is known.
Fd begin_connect(const Endpoint& endpoint, std::size_t address);

/// The result: 0 or an errno; EINPROGRESS if it is not known yet.
int connect_result(const Fd& socket);

} // namespace amphid
