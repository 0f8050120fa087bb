// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/commands.h"
#include "app/console.h"
#include "app/service.h"
#include "base/text.h"
#include "os/read_host.h"

namespace amphid {

int run_check(const Arguments& arguments) {
    const Host host = read_host();
    int code = code_of(ExitCode::success);
    for (const std::string& word : arguments.operands) {
        try {
            const ServiceFile file = locate(word, host);
            load(file, host);
            print(concat(file.path, ": correct\n"));
        } catch (const Failure& failure) {
            if (*failure.what() != '\0') {
                print_error(failure.what());
            }
            code = std::max(code, code_of(failure.code()));
        }
    }
    return code;
}

} // namespace amphid
