// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/host.h"

namespace amphid {

/// Looks around. Never fails: what cannot be read stays at its default.
Host read_host();

} // namespace amphid
