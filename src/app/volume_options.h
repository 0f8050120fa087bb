// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/options.h"

namespace amphid {

/// --quiet and --verbose, of the commands that act on a service.
extern const OptionRow quiet_option;
extern const OptionRow verbose_option;

} // namespace amphid
