// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/exec_environment.h"

#include "base/text.h"
#include "plan/directory_kind.h"

namespace amphid {

namespace {

void set_all(Environment& environment, const Environment& more) {
    for (const std::string& assignment : more) {
        const auto equals = assignment.find('=');
        set_variable(environment, std::string_view(assignment).substr(0, equals),
                     std::string_view(assignment).substr(equals + 1));
    }
}

} // namespace

Environment environment_of(const ExecContext& context, const Environment& own,
                           const std::vector<Environment>& from_files) {
    Environment out = context.environment;
    set_all(out, context.credentials.login);
    for (const DirectoryKind kind : every<DirectoryKind>()) {
        const OwnDirectories& directories = context.directories[static_cast<std::size_t>(kind)];
        std::string paths;
        for (const std::string& name : directories.names) {
            paths += concat(paths.empty() ? "" : ":", directories.base, '/', name);
        }
        if (!paths.empty()) {
            set_variable(out, facts_of(kind).variable, paths);
        }
    }
    set_all(out, own);
    set_all(out, context.assignments);
    for (const Environment& file : from_files) {
        set_all(out, file);
    }
    return out;
}

void unset_variables(Environment& environment, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const auto equals = name.find('=');
        const std::string_view variable = std::string_view(name).substr(0, equals);
        if (equals == std::string::npos ||
            find_variable(environment, variable) == std::string_view(name).substr(equals + 1)) {
            unset_variable(environment, variable);
        }
    }
}

} // namespace amphid
