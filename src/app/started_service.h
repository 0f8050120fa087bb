// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/elsewhere.h"
#include "app/running_service.h"
#include "app/service.h"

namespace amphid {

/// Finds the service that was started from this file: `name` and `runtime-directory` may have been
/// edited since. If it is not running, the result is where it would run. Throws Failure.
KnownService find_started_service(const std::string& service, const Host& host);

/// Throws Failure if the service of this file is running under another name or in another runtime
/// directory than the file now says: a start would make a second copy.
void refuse_second_copy(const Plan& plan, const std::string& instance,
                        const Whereabouts& whereabouts);

/// The second name under which a launcher shows its presence, besides its runtime directory.
std::string presence_of_file(const std::string& path, const std::string& instance);

/// What is running of it; nothing if another service uses its directory.
Running look_at(const KnownService& service);

} // namespace amphid
