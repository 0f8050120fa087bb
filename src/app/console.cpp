// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/console.h"

#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"

#include <unistd.h>

namespace amphid {

void print(std::string_view text) {
    if (!write_all(STDOUT_FILENO, text)) {
        throw OsError("cannot write to", "standard output");
    }
}

void print_error(std::string_view text) {
    write_all(STDERR_FILENO, concat("amphid: ", printable(text, true), '\n'));
}

} // namespace amphid
