// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>

namespace amphid {

/// Throws Failure if processes of a service of this name are alive in a cgroup of its own although
/// nothing records them: its launcher was killed and its state was removed. Nobody knows any more
/// which of them is what, so a start must not add a second copy, and a stop must not say that there
/// was nothing to stop. `directory` is where the state ought to be.
void refuse_unrecorded(const std::string& name, const std::string& directory);

} // namespace amphid
