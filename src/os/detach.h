// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <string>
#include <string_view>
#include <vector>

namespace amphid {

/// Opens that many descriptors to prove that they are available; closing them releases them. Throws
/// OsError with `action` ("cannot restart") and the service.
std::vector<Fd> reserve_descriptors(std::size_t count, std::string_view action,
                                    const std::string& service);

/// Opens /dev/null for each of 0, 1 and 2 that is closed, so that no file of ours ends up as a
/// standard stream (daemon(7)). Throws OsError.
void ensure_standard_descriptors();

/// Resets all signal dispositions to the default: the service would inherit what the caller ignores
/// (`trap ''`). Except an ignored SIGHUP, see take_hang_up().
void reset_signals();

/// Resets SIGHUP, too; true if it was ignored, as by nohup(1).
bool take_hang_up();

/// Closes every descriptor above 2, which belong to the caller (daemon(7), step 1). `keep` is one
/// meant for us; it is returned close-on-exec, under another number. Throws OsError.
Fd close_inherited_descriptors(int keep = -1);

/// The same, but keeps these.
void close_inherited_descriptors_but(const std::vector<Fd>& kept);

/// Makes every descriptor above 2 close-on-exec: the caller's stay open here but do not reach the
/// service.
void hide_inherited_descriptors();

/// The double fork of daemon(7), steps 5 to 8. Returns true in the daemon, which is in a session
/// without a terminal but does not lead it, and false in the calling process. Throws OsError.
bool detach();

/// Changes to "/", so that we keep no mount busy. Throws OsError.
void leave_directory();

/// Points 0, 1 and 2 to /dev/null. Throws OsError.
void release_streams();

} // namespace amphid
