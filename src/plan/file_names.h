// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

namespace amphid {

/// The names in a service's runtime directory (amphid(1), FILES).
inline constexpr const char* lock_name = "lock";
inline constexpr const char* state_name = "state";
inline constexpr const char* notify_name = "notify";
inline constexpr const char* pid_name = "pid";
inline constexpr const char* log_draft_name = "log-draft";

} // namespace amphid
