// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/running_service.h"
#include "app/service.h"

namespace amphid {

/// The service that was started from this file, where it runs: `name` and `runtime-directory` may
/// have been edited since. Where it does not run, where it would. Throws Failure.
KnownService find_started_service(const std::string& service, const Host& host);

/// Throws Failure where the service of this file runs already, under another name or in another
/// runtime directory than the file now says: a start would make a second copy.
void refuse_second_copy(const Plan& plan, const std::string& instance, const Host& host);

/// By what a launcher shows its presence besides its runtime directory.
std::string presence_of_file(const std::string& path, const std::string& instance);

/// What runs of it; nothing where its place is another's.
Running look_at(const KnownService& service);

} // namespace amphid
