// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/console.h"

#include "base/text.h"
#include "os/files.h"

#include <unistd.h>

namespace amphid {

void print(std::string_view text) {
    write_all(STDOUT_FILENO, text);
}

void print_error(std::string_view text) {
    write_all(STDERR_FILENO, concat("amphid: ", printable(text, true), '\n'));
}

} // namespace amphid
