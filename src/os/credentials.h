// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/exec_context.h"

namespace amphid {

/// Looks up `user`, `group` and `supplementary-groups` of the context on this host and fills in its
/// credentials, and the owner of its log file. Uses the name service, which may load libraries and
/// open sockets: call it before any fork. Throws OsError for unknown names, and with EPERM if we
/// may not switch to them.
void look_up_credentials(ExecContext& context);

/// Who a file shall belong to; empty: as it is.
struct FileOwner {
    std::optional<uid_t> uid;
    std::optional<gid_t> gid;
};

/// Looks up both; without a group it is the user's. Throws OsError for unknown names.
FileOwner look_up_file_owner(const Account& user, const Account& group);

} // namespace amphid
