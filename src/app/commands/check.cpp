// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/commands.h"
#include "app/console.h"
#include "app/other_unit.h"
#include "app/service.h"
#include "app/unit_facts.h"
#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/read_host.h"
#include "plan/unit_name.h"
#include "resolve/unit_check.h"

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>

namespace amphid {

namespace {

/// Where a generator would make a unit of this file, its name must be free.
void refuse_taken_name(const ServiceFile& file, const Config& config, const Host& host) {
    const Manager manager = manager_for(file, host);
    const auto [directory, name] = split_path(file.path);
    const auto places = configuration_directories(manager, host);
    if (!host.systemd_booted ||
        std::find(places.begin(), places.end(), directory) == places.end()) {
        return;
    }
    const std::string unit = concat(service_name(file, config), service_suffix);
    const std::string words =
        words_about(find_other_unit(unit, manager, host), unit, config.install.replace);
    if (!words.empty()) {
        const auto place = config.origins.find("install.replace");
        const Position at = place == config.origins.end() ? Position{} : place->second;
        write_all(STDERR_FILENO, render({{Diagnostic::Severity::error, at, words}}, file.path, ""));
        throw Failure(ExitCode::not_configured, "");
    }
}

void refuse_contradictions(const ServiceFile& file, const Config& config, const std::string& unit,
                           const Host& host) {
    const auto text = read_small_file(AT_FDCWD, unit.c_str(), largest_file);
    if (!text) {
        throw Failure(ExitCode::not_configured, OsError("cannot read", unit).what());
    }
    const auto found =
        check_unit(*text, config, facts_about(file, config, manager_for(file, host)));
    write_all(STDERR_FILENO, render(found, unit, *text));
    if (has_error(found)) {
        throw Failure(ExitCode::not_configured, "");
    }
}

} // namespace

int run_check(const Arguments& arguments) {
    if (!arguments.unit.empty() && arguments.operands.size() != 1) {
        throw Failure(ExitCode::usage, "check: --unit takes one configuration");
    }
    const Host host = read_host();
    int code = code_of(ExitCode::success);
    for (const std::string& word : arguments.operands) {
        try {
            const ServiceFile file = locate(word, host);
            const Config config = load(file, host);
            refuse_taken_name(file, config, host);
            if (!arguments.unit.empty()) {
                refuse_contradictions(file, config, arguments.unit, host);
            }
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
