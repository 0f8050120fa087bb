// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/commands.h"
#include "app/console.h"
#include "app/host_check.h"
#include "app/other_unit.h"
#include "app/service.h"
#include "app/unit_facts.h"
#include "base/text.h"
#include "config/hints.h"
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

constexpr std::string_view standard_input = "-";

/// One file with all its diagnostics.
struct Checked {
    ServiceFile file;
    std::vector<std::string> texts; // of the file and of its drop-ins
    Config config;
    std::vector<Diagnostic> diagnostics;
};

Checked read_standard_input() {
    Checked out{{"<stdin>", "stdin"}, {}, {}, {}};
    const auto text = read_all(STDIN_FILENO, largest_file);
    if (!text) {
        throw Failure(ExitCode::not_configured, "cannot read standard input");
    }
    out.texts = {*text};
    ParsedConfig parsed = parse_config(*text);
    out.config = std::move(parsed.config);
    out.diagnostics = std::move(parsed.diagnostics);
    return out;
}

Checked read_file(const std::string& word, const Host& host) {
    Checked out{locate(word, host), {}, {}, {}};
    LoadedText loaded = load_text(out.file, host);
    out.texts = std::move(loaded.texts);
    out.config = std::move(loaded.parsed.config);
    out.diagnostics = std::move(loaded.parsed.diagnostics);
    return out;
}

/// If a generator would make a unit for this file, its name must be free.
void check_name(Checked& checked, const Host& host) {
    const Manager manager = manager_for(checked.file, host);
    const auto [directory, name] = split_path(checked.file.path);
    const auto places = configuration_directories(manager, host);
    if (!host.systemd_booted ||
        std::find(places.begin(), places.end(), directory) == places.end()) {
        return;
    }
    const std::string unit = concat(service_name(checked.file, checked.config), service_suffix);
    std::string words = other_unit_message(find_other_unit(unit, manager, host), unit,
                                           checked.config.install.replace);
    if (!words.empty()) {
        checked.diagnostics.push_back({Diagnostic::Severity::error,
                                       place_of(checked.config, "install.replace"),
                                       std::move(words)});
    }
}

void add(Checked& checked, std::vector<Diagnostic> more) {
    for (Diagnostic& diagnostic : more) {
        checked.diagnostics.push_back(std::move(diagnostic));
    }
}

void show(const Arguments& arguments, std::vector<Diagnostic> diagnostics, std::string_view file,
          std::string_view text, int index = 0) {
    if (arguments.json) {
        print(render_json(std::move(diagnostics), file, index));
    } else {
        write_all(STDERR_FILENO, render(std::move(diagnostics), file, text, index));
    }
}

void show(const Arguments& arguments, const Checked& checked) {
    const std::vector<std::string>& files = checked.config.files;
    for (std::size_t i = 0; i < checked.texts.size(); ++i) {
        show(arguments, checked.diagnostics, i < files.size() ? files[i] : checked.file.path,
             checked.texts[i], static_cast<int>(i));
    }
}

/// False if the unit file contradicts the configuration.
bool check_unit_file(const Arguments& arguments, const Checked& checked, const Host& host) {
    const std::string& unit = arguments.unit;
    const auto text = read_small_file(AT_FDCWD, unit.c_str(), largest_file);
    if (!text) {
        throw Failure(ExitCode::not_configured, OsError("cannot read", unit).what());
    }
    const auto found =
        check_unit(*text, checked.config,
                   facts_about(checked.file, checked.config, manager_for(checked.file, host)));
    show(arguments, found, unit, *text);
    return !has_error(found);
}

/// False if there is an error.
bool check_one(const Arguments& arguments, const std::string& word, const Host& host) {
    const bool from_input = word == standard_input;
    Checked checked = from_input ? read_standard_input() : read_file(word, host);
    // All at once: what could be read is checked although something else is wrong.
    add(checked, hints_about(checked.config));
    if (!arguments.offline) {
        add(checked, check_on_host(checked.config, host));
    }
    if (!arguments.offline && !from_input) {
        check_name(checked, host);
    }
    const bool good = !has_error(checked.diagnostics);
    show(arguments, checked);
    if (!good || (!arguments.unit.empty() && !check_unit_file(arguments, checked, host))) {
        return false;
    }
    if (!arguments.json) {
        print(concat(checked.file.path, ": correct\n"));
    }
    return true;
}

/// Reports a file that cannot be read, as JSON or as text.
void show_failure(const Arguments& arguments, const std::string& word, const Failure& failure) {
    if (*failure.what() == '\0') {
        return;
    }
    if (arguments.json && failure.code() == ExitCode::not_configured) {
        print(render_json({{Diagnostic::Severity::error, {}, failure.what()}}, word));
    } else {
        print_error(failure.what());
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
            const bool good = check_one(arguments, word, host);
            code = std::max(code, code_of(good ? ExitCode::success : ExitCode::not_configured));
        } catch (const Failure& failure) {
            show_failure(arguments, word, failure);
            code = std::max(code, code_of(failure.code()));
        }
    }
    return code;
}

} // namespace amphid
