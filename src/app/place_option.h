// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/options.h"

namespace amphid {

/// --runtime-directory: where the services' own files are.
const OptionRow* place_option();

/// Makes it known to this process and to those it starts, as AMPHID_RUNTIME_DIRECTORY.
void apply_place(const Arguments& arguments);

} // namespace amphid
