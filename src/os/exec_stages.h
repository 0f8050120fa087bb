// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/exec_context.h"

namespace amphid {

// The stages that apply a context to a new process (systemd.exec(5)). They run between vfork and
// exec, in the launcher's memory: no allocation, no exception, and bare system calls for
// credentials, since libc's wrappers would change the launcher's state. Each returns 0 or an errno.

int adjust_oom_score(const ExecContext& context) noexcept;
int set_nice(const ExecContext& context) noexcept;
int set_scheduler(const ExecContext& context) noexcept;
int set_affinity(const ExecContext& context) noexcept;
int set_io_priority(const ExecContext& context) noexcept;
int set_timer_slack(const ExecContext& context) noexcept;
int set_limits(const ExecContext& context) noexcept;
int enter_groups(const ExecContext& context) noexcept;
int change_root(const ExecContext& context) noexcept;

/// Drops from the bounding set; `becomes_user` keeps what the next stage needs.
int bound_capabilities(const ExecContext& context, bool becomes_user) noexcept;

/// Switches to the user, and verifies that there is no way back to root.
int become_user(const ExecContext& context) noexcept;

int raise_ambient_capabilities(const ExecContext& context) noexcept;
int set_secure_bits(const ExecContext& context) noexcept;
int forbid_new_privileges(const ExecContext& context) noexcept;

/// Reduces the permitted set to what the program gets.
int drop_capabilities(const ExecContext& context) noexcept;

/// A session keyring of its own (keyrings(7)), and the user's in it.
int join_keyring(const ExecContext& context) noexcept;
int link_user_keyring(const ExecContext& context) noexcept;

int leave_namespaces(const ExecContext& context) noexcept;

/// The last before exec: a filter may deny everything else.
int apply_filters(const ExecContext& context) noexcept;

} // namespace amphid
