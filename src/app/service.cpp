// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/service.h"

#include "app/console.h"
#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/trust.h"
#include "plan/service_name.h"
#include "resolve/unit_path.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>

namespace amphid {

namespace {

constexpr std::string_view suffix = configuration_suffix;

std::string stem_of(const std::string& path) {
    std::string name = path.substr(path.find_last_of('/') + 1);
    if (name.ends_with(suffix)) {
        name.resize(name.size() - suffix.size());
    }
    return name;
}

/// The path without "." and doubled slashes: one file, one name.
std::string without_dots(const std::string& path) {
    std::string out;
    for (const std::string_view part : split(path, '/')) {
        if (!part.empty() && part != ".") {
            out += concat('/', part);
        }
    }
    return out;
}

/// The system's for root and for what the system manager runs, whoever that is.
std::string configuration_directory(const Host& host) {
    const bool system =
        host.uid == 0 || (executed_by_systemd(host) && !variable(host, "MANAGERPID"));
    return configuration_directory(system ? Manager::system : Manager::user, host);
}

void refuse_untrusted(const ServiceFile& file, const Host& host) {
    try {
        require_trusted(file.path, trusted_users(host));
    } catch (const OsError& error) {
        throw Failure(ExitCode::not_configured, concat(error.what(), " (we are root)"));
    }
}

std::optional<ParsedConfig> try_load(const ServiceFile& file) {
    const auto text = read_small_file(AT_FDCWD, file.path.c_str(), largest_file);
    return text ? std::optional(parse_config(*text)) : std::nullopt;
}

} // namespace

std::vector<uid_t> trusted_users(const Host& host) {
    std::vector<uid_t> out;
    const auto sudo = variable(host, "SUDO_UID");
    if (const auto uid = sudo ? parse_number<uid_t>(*sudo) : std::nullopt) {
        out.push_back(*uid);
    }
    // Whoever made the namespace gave us what lies outside of it.
    if (host.outside_uid) {
        out.push_back(*host.outside_uid);
    }
    return out;
}

std::string configuration_directory(Manager manager, const Host& host) {
    return manager == Manager::user
               ? concat(xdg_directory(host, "XDG_CONFIG_HOME", "/.config"), "/amphid")
               : "/etc/amphid";
}

ServiceFile locate(const std::string& service, const Host& host) {
    const bool is_file = service.find('/') != std::string::npos || service.ends_with(suffix);
    const std::string stem = is_file ? stem_of(service) : service;
    if (!is_service_name(stem)) {
        throw Failure(ExitCode::usage, concat("'", service,
                                              "' names no service: a name has letters, digits and "
                                              "'-_.@:' only, at most 64"));
    }
    if (!is_file) {
        return {concat(configuration_directory(host), '/', service, suffix), stem};
    }
    const bool absolute = service.front() == '/';
    return {without_dots(absolute ? service : concat(host.working_directory, '/', service)), stem};
}

Config load(const ServiceFile& file, const Host& host) {
    const Fd fd(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (fd && host.uid == 0) {
        refuse_untrusted(file, host);
    }
    const auto text = fd ? read_all(fd.get(), largest_file) : std::nullopt;
    if (!text) {
        throw Failure(ExitCode::not_configured, OsError("cannot read", file.path).what());
    }
    ParsedConfig parsed = parse_config(*text);
    if (!parsed.diagnostics.empty()) {
        write_all(STDERR_FILENO, render(parsed.diagnostics, file.path, *text));
    }
    if (has_error(parsed.diagnostics)) {
        throw Failure(ExitCode::not_configured, "");
    }
    return std::move(parsed.config);
}

KnownService find_service(const std::string& service, const Host& host) {
    KnownService out{locate(service, host), {}, {}, false, {}};
    const auto parsed = try_load(out.file);
    const bool missing = !parsed && (errno == ENOENT || errno == ENOTDIR);
    const bool usable = parsed && !has_error(parsed->diagnostics);
    out.misread = !usable && !missing;
    const LauncherTable launcher = usable ? parsed->config.launcher : LauncherTable{};
    out.name = launcher.name.empty() ? out.file.stem : launcher.name;
    out.directory = runtime_directory_of(out.name, launcher.runtime_directory.text, host);
    if (out.directory.empty()) {
        throw Failure(ExitCode::not_configured, concat(out.name, ": ", no_runtime_directory(host)));
    }
    return out;
}

std::vector<KnownService> all_services(const Host& host) {
    std::vector<KnownService> out;
    const std::string place = runtime_directory_of("x", {}, host);
    if (place.empty()) {
        throw Failure(ExitCode::not_configured, no_runtime_directory(host));
    }
    const std::string above = split_path(place).first;
    for (const std::string& name : names_in(above)) {
        out.push_back({{}, name, concat(above, '/', name), false, {}});
    }
    std::sort(out.begin(), out.end(),
              [](const KnownService& a, const KnownService& b) { return a.name < b.name; });
    return out;
}

} // namespace amphid
