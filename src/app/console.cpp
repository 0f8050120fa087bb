// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/console.h"

#include "base/text.h"
#include "os/files.h"

#include <cerrno>
#include <new>
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

ExitCode exit_code_of(const OsError& error) {
    const bool denied = error.error() == EPERM || error.error() == EACCES;
    return denied ? ExitCode::not_permitted : ExitCode::failure;
}

int report_failures(const std::function<int()>& command) {
    try {
        return command();
    } catch (const Failure& failure) {
        if (*failure.what() != '\0') {
            print_error(failure.what());
        }
        return code_of(failure.code());
    } catch (const OsError& error) {
        print_error(error.what());
        return code_of(exit_code_of(error));
    } catch (const std::bad_alloc&) {
        // Without a string, which would need memory again.
        constexpr std::string_view sentence = "amphid: out of memory\n";
        write_all(STDERR_FILENO, sentence);
        return code_of(ExitCode::failure);
    }
}

} // namespace amphid
