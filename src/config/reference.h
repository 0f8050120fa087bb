// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>

namespace amphid {

/// Every key with its type, default and sentence, printed from the schema.
std::string reference_text();

} // namespace amphid
