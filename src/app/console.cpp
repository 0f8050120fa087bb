// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/console.h"

#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"

#include <unistd.h>

namespace amphid {

int exit_code_of(const std::function<int()>& body) {
    try {
        return body();
    } catch (const Failure& failure) {
        if (*failure.what() != '\0') {
            print_error(failure.what());
        }
        return code_of(failure.code());
    } catch (const OsError& error) {
        print_error(error.what());
        const bool denied = error.error() == EPERM || error.error() == EACCES;
        return code_of(denied ? ExitCode::not_permitted : ExitCode::failure);
    }
}

void print(std::string_view text) {
    if (!write_all(STDOUT_FILENO, text)) {
        throw OsError("cannot write to", "standard output");
    }
}

void print_error(std::string_view text) {
    write_all(STDERR_FILENO, concat("amphid: ", printable(text, true), '\n'));
}

} // namespace amphid
