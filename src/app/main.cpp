// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/console.h"
#include "app/program.h"
#include "os/os_error.h"

int main(int argc, char** argv) {
    using namespace amphid;
    try {
        return run_program_main({argv, static_cast<std::size_t>(argc)});
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
