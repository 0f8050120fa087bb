// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/options.h"

namespace amphid {

// The commands, one file each in commands/. Each returns the program's exit code; a command that
// cannot go on throws OsError or Failure.

int run_start(const Arguments& arguments);
int run_run(const Arguments& arguments);
int run_stop(const Arguments& arguments);
int run_restart(const Arguments& arguments);
int run_reload(const Arguments& arguments);
int run_status(const Arguments& arguments);
int run_logs(const Arguments& arguments);
int run_check(const Arguments& arguments);
int run_explain(const Arguments& arguments);
int run_unit(const Arguments& arguments);
int run_import(const Arguments& arguments);
int run_cat(const Arguments& arguments);
int run_edit(const Arguments& arguments);
int run_reference(const Arguments& arguments);

} // namespace amphid
