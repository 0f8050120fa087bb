// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/console.h"

#include "base/text.h"
#include "os/colour.h"
#include "os/files.h"

#include <algorithm>
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

void print_failure(std::string_view text) {
    constexpr std::string_view prefix = "amphid: ";
    const auto end = std::min(text.find('\n'), text.size());
    if (!text.starts_with(prefix) || !takes_colour(STDERR_FILENO)) {
        write_all(STDERR_FILENO, text);
        return;
    }
    write_all(STDERR_FILENO,
              concat(prefix, "\033[1;31m", text.substr(prefix.size(), end - prefix.size()),
                     "\033[0m", text.substr(end)));
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
            print_failure(concat("amphid: ", printable(failure.what(), true), '\n'));
        }
        return code_of(failure.code());
    } catch (const OsError& error) {
        print_failure(concat("amphid: ", printable(error.what(), true), '\n'));
        return code_of(exit_code_of(error));
    } catch (const std::bad_alloc&) {
        // Without a string, which would need memory again.
        constexpr std::string_view sentence = "amphid: out of memory\n";
        write_all(STDERR_FILENO, sentence);
        return code_of(ExitCode::failure);
    }
}

} // namespace amphid
