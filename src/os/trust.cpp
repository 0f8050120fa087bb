// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/trust.h"

#include "base/text.h"
#include "os/os_error.h"
#include "os/path_walk.h"

#include <algorithm>

namespace amphid {

namespace {

void judge(const std::string& path, const WayPart& part, const std::vector<uid_t>& trusted) {
    const struct stat& st = part.about;
    const bool known =
        st.st_uid == 0 || std::find(trusted.begin(), trusted.end(), st.st_uid) != trusted.end();
    if (!known) {
        throw OsError("refusing to use", path,
                      concat("'", part.path, "' belongs to UID ", st.st_uid), EPERM);
    }
    const bool sticky = S_ISDIR(st.st_mode) && (st.st_mode & S_ISVTX) != 0;
    if (!S_ISLNK(st.st_mode) && !sticky && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0 &&
        !is_read_only_here(part)) {
        throw OsError("refusing to use", path, concat("'", part.path, "' is writable by others"),
                      EPERM);
    }
}

} // namespace

void require_trusted(const std::string& path, const std::vector<uid_t>& trusted) {
    // If the path does not exist, opening the file will report it.
    follow_path(path, false, [&](const WayPart& part) { judge(path, part, trusted); });
}

} // namespace amphid
