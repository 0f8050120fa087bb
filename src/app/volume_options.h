// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/options.h"

namespace amphid {

/// --quiet and --verbose, of the commands that act on a service.
const OptionRow* quiet_option();
const OptionRow* verbose_option();

} // namespace amphid
