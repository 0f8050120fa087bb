// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/exec_context.h"

namespace amphid {

// The stages that make a new process what its context says (systemd.exec(5)). They run between
// vfork and exec, on the launcher's memory: no allocation, no exception, and for identity the bare
// system calls, since libc's would change the launcher's idea of itself. Each returns 0 or an
// errno.

int adjust_oom_score(const ExecContext& context) noexcept;
int set_nice(const ExecContext& context) noexcept;
int set_scheduler(const ExecContext& context) noexcept;
int set_affinity(const ExecContext& context) noexcept;
int set_io_priority(const ExecContext& context) noexcept;
int set_timer_slack(const ExecContext& context) noexcept;
int set_limits(const ExecContext& context) noexcept;
int enter_groups(const ExecContext& context) noexcept;
int change_root(const ExecContext& context) noexcept;

/// Drops from the bounding set; `becomes_user` keeps what the next stage has to hand on.
int bound_capabilities(const ExecContext& context, bool becomes_user) noexcept;

/// Becomes the user, and proves that the way back to root is closed.
int become_user(const ExecContext& context) noexcept;

int raise_ambient_capabilities(const ExecContext& context) noexcept;
int set_secure_bits(const ExecContext& context) noexcept;
int forbid_new_privileges(const ExecContext& context) noexcept;

/// Leaves in the permitted set only what the program is to have.
int drop_capabilities(const ExecContext& context) noexcept;

} // namespace amphid
