// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <string>
#include <string_view>
#include <vector>

namespace amphid {

/// That many descriptors, to show that they can be had; closing them gives them back. Throws
/// OsError: `action` ("cannot restart") of that service.
std::vector<Fd> reserve_descriptors(std::size_t count, std::string_view action,
                                    const std::string& service);

/// Opens /dev/null for each of 0, 1 and 2 that is closed, so that no file of ours becomes
/// somebody's standard output (daemon(7)). Throws OsError.
void ensure_standard_descriptors();

/// Puts the disposition of every signal at its default: what `trap ''` made the caller ignore would
/// reach the service through us. But for an ignored SIGHUP, which take_hang_up() is about.
void reset_signals();

/// Puts that of SIGHUP at its default, too; true where it was ignored, as nohup(1) does.
bool take_hang_up();

/// Closes every descriptor above 2: they are the caller's (daemon(7), step 1). `keep` is one that
/// is meant for us; returned close-on-exec, under another number. Throws OsError.
Fd close_inherited_descriptors(int keep = -1);

/// Makes every descriptor above 2 close-on-exec: the caller's stay with us and do not reach the
/// service.
void hide_inherited_descriptors();

/// Splits the process in two by the double fork of daemon(7), steps 5 to 8. True in the daemon: in
/// a session without a terminal, not its leader. False in the process that called. Throws OsError.
bool detach();

/// Goes to "/", so that no mount stays busy for us. Throws OsError.
void let_go_of_directory();

/// Points 0, 1 and 2 to /dev/null. Throws OsError.
void let_go_of_streams();

} // namespace amphid
