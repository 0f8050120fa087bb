// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/reference.h"
#include "config/directive_names.h"

#include "app/command_reference.h"
#include "app/commands.h"
#include "app/console.h"
#include "app/status_formats.h"

namespace amphid {

namespace {

std::string printed(ReferenceFormat format) {
    switch (format) {
    case ReferenceFormat::text:
        return reference_text();
    case ReferenceFormat::man:
        return reference_man(AMPHID_VERSION);
    case ReferenceFormat::json_schema:
        return reference_json_schema();
    case ReferenceFormat::toml:
        return reference_toml();
    case ReferenceFormat::command_man:
        return command_man(AMPHID_VERSION);
    case ReferenceFormat::completion_bash:
        return bash_completion();
    case ReferenceFormat::completion_zsh:
        return zsh_completion();
    case ReferenceFormat::completion_fish:
        return fish_completion();
    case ReferenceFormat::directives:
        return reference_directives();
    case ReferenceFormat::journal_catalog:
        return journal_catalog();
    case ReferenceFormat::status_schema:
        return status_json_schema();
    case ReferenceFormat::status_man:
        return status_man(AMPHID_VERSION);
    }
    return {};
}

} // namespace

int run_reference(const Arguments& arguments) {
    print(printed(arguments.reference_format));
    return code_of(ExitCode::success);
}

} // namespace amphid
