// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/options.h"

#include <string>
#include <vector>

namespace amphid {

/// The options of `status` that ask a question.
std::vector<const OptionRow*> question_options();

/// What is wrong with their combination; empty: nothing.
std::string wrong_question(const Arguments& arguments);

} // namespace amphid
