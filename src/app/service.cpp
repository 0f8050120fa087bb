// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/service.h"

#include "app/console.h"
#include "app/elsewhere.h"
#include "app/lookup.h"
#include "app/unit_source.h"
#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/runtime_files.h"
#include "os/trust.h"
#include "plan/service_name.h"
#include "plan/unit_name.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

namespace amphid {

namespace {

constexpr std::string_view suffix = configuration_suffix;

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

void refuse_untrusted(const std::string& path, const Host& host) {
    try {
        require_trusted(path, trusted_users(host));
    } catch (const OsError& error) {
        throw Failure(ExitCode::not_configured, concat(error.what(), " (we are root)"));
    }
}

std::vector<std::string> files_of(const ServiceFile& file) {
    std::vector<std::string> out;
    if (!file.is_program) {
        out.push_back(file.path);
    }
    out.insert(out.end(), file.drop_ins.begin(), file.drop_ins.end());
    return out;
}

std::vector<std::string> origins_of(const ServiceFile& file) {
    std::vector<std::string> out = files_of(file);
    for (const GivenText& given : file.given) {
        out.push_back(given.origin);
    }
    return out;
}

ParsedConfig parse(const ServiceFile& file, const std::vector<std::string>& texts) {
    ParsedConfig out = parse_config({texts.begin(), texts.end()}, file.instance);
    out.config.files = origins_of(file);
    return out;
}

std::string read_file(const std::string& path, const Host& host) {
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (fd && host.uid == 0) {
        refuse_untrusted(path, host);
    }
    auto text = fd ? read_all(fd.get(), largest_file) : std::nullopt;
    if (!text) {
        throw Failure(ExitCode::not_configured, OsError("cannot read", path).what());
    }
    return std::move(*text);
}

} // namespace

std::string stem_of(const std::string& path) {
    std::string name = path.substr(path.find_last_of('/') + 1);
    for (const std::string_view ending : {suffix, service_suffix}) {
        if (name.ends_with(ending)) {
            name.resize(name.size() - ending.size());
            break;
        }
    }
    return name;
}

std::vector<uid_t> trusted_users(const Host& host) {
    std::vector<uid_t> out;
    const auto sudo = variable(host, "SUDO_UID");
    if (const auto uid = sudo ? parse_number<uid_t>(*sudo) : std::nullopt) {
        out.push_back(*uid);
    }
    // Files from outside belong to whoever made the namespace.
    if (host.outside_uid) {
        out.push_back(*host.outside_uid);
    }
    return out;
}

ServiceFile locate(const std::string& service, const Host& host) {
    const bool is_file = service.find('/') != std::string::npos || service.ends_with(suffix) ||
                         is_unit_file(service);
    const std::string stem = is_file ? stem_of(service) : service;
    if (!is_service_name(stem)) {
        throw Failure(ExitCode::usage,
                      concat("'", service, "' is not a valid service name: ", service_name_rule));
    }
    if (!is_file) {
        return find_by_name(stem, manager_of_configurations(host), host);
    }
    const bool absolute = service.front() == '/';
    const std::string path =
        without_dots(absolute ? service : concat(host.working_directory, '/', service));
    return find_by_path(path, stem, host);
}

ServiceFile program_in_place_of_file(const std::string& program, const Host& host) {
    const std::string stem = program.substr(program.find_last_of('/') + 1);
    if (!is_service_name(stem)) {
        throw Failure(ExitCode::usage, concat("--exec: '", printable(program),
                                              "' gives no service name: ", service_name_rule));
    }
    const bool is_relative = program.front() != '/' && program.find('/') != std::string::npos;
    const std::string path =
        is_relative ? without_dots(concat(host.working_directory, '/', program)) : program;
    ServiceFile out{concat("--exec ", path), stem};
    out.is_program = true;
    out.given.push_back(given_program(path, host.working_directory));
    return out;
}

namespace {

/// A unit is imported in memory.
LoadedText load_unit(const ServiceFile& file, const Host& host) {
    const UnitSource source = read_unit(file.path, host);
    ImportedUnit unit = import_unit(source);
    LoadedText out;
    for (const auto& [path, text, socket] : source.files) {
        if (host.uid == 0) {
            refuse_untrusted(path, host);
        }
        out.texts.push_back(text);
        unit.config.files.push_back(path);
    }
    if (!has_error(unit.diagnostics)) {
        for (const ImportNote& note : unit.notes) {
            if (note.loss == Loss::something) {
                print_error(concat(file.stem, ": ", printable(note.directive), '=',
                                   printable(note.value), ": ", note.why));
            }
        }
    }
    out.parsed = {std::move(unit.config), std::move(unit.diagnostics)};
    return out;
}

} // namespace

LoadedText load_text(const ServiceFile& file, const Host& host) {
    if (is_unit_file(file.path) && !file.is_program) {
        if (!file.given.empty()) {
            throw Failure(ExitCode::usage,
                          concat(file.path, " is a unit: --set needs a "
                                            "configuration; `amphid import` makes one"));
        }
        return load_unit(file, host);
    }
    if (file.masked) {
        throw Failure(ExitCode::not_configured,
                      concat(file.stem, " is masked: ", file.path, " is a link to /dev/null"));
    }
    if (!file.is_program) {
        require_configuration(file, host);
    }
    LoadedText out;
    for (const std::string& path : files_of(file)) {
        out.texts.push_back(read_file(path, host));
    }
    for (const GivenText& given : file.given) {
        out.texts.push_back(given.text);
    }
    out.parsed = parse(file, out.texts);
    return out;
}

Config load(const ServiceFile& file, const Host& host) {
    auto [texts, parsed] = load_text(file, host);
    for (std::size_t i = 0; i < texts.size() && !parsed.diagnostics.empty(); ++i) {
        write_all(STDERR_FILENO, render(parsed.diagnostics, parsed.config.files[i], texts[i],
                                        static_cast<int>(i)));
    }
    if (has_error(parsed.diagnostics)) {
        throw Failure(ExitCode::not_configured, "");
    }
    return std::move(parsed.config);
}

std::optional<ParsedConfig> try_load(const ServiceFile& file, const Host& host) {
    if (is_unit_file(file.path)) {
        const auto source = try_read_unit(file.path, host);
        if (!source) {
            errno = ENOENT;
            return std::nullopt;
        }
        ImportedUnit unit = import_unit(*source);
        return ParsedConfig{std::move(unit.config), std::move(unit.diagnostics)};
    }
    std::vector<std::string> texts;
    for (const std::string& path : files_of(file)) {
        auto text = read_small_file(AT_FDCWD, path.c_str(), largest_file);
        if (!text && texts.empty()) {
            return std::nullopt;
        }
        texts.push_back(std::move(text).value_or(""));
    }
    return parse(file, texts);
}

namespace {

/// It exists and is visible: not by access(2), which sandboxes deny.
bool exists(const std::string& path) {
    struct stat st {};
    return ::stat(path.c_str(), &st) == 0;
}

bool has_state(const std::string& directory) {
    return !directory.empty() && exists(concat(directory, '/', state_name));
}

/// The file's settings, as far as it can be read.
KnownService read_service(const ServiceFile& file, const Host& host) {
    KnownService out{file, {}, {}, false, {}, {}};
    auto parsed = try_load(out.file, host);
    const bool missing = !parsed && (errno == ENOENT || errno == ENOTDIR);
    const bool usable = parsed && !has_error(parsed->diagnostics);
    out.misread = !usable && !missing;
    const LauncherTable launcher = usable ? parsed->config.launcher : LauncherTable{};
    out.name = launcher.name.empty() ? out.file.stem : launcher.name;
    out.directory = runtime_directory_of(out.name, launcher.runtime_directory.text, host);
    if (out.directory.empty()) {
        throw Failure(ExitCode::not_configured, concat(out.name, ": ", no_runtime_directory(host)));
    }
    if (usable) {
        out.config = std::move(parsed->config);
    }
    // It was started without XDG_RUNTIME_DIR.
    const std::string at_home = home_runtime_directory_of(out.name, host);
    if (launcher.runtime_directory.text.empty() && !has_state(out.directory) &&
        has_state(at_home)) {
        out.directory = at_home;
    }
    return out;
}

bool is_known(const KnownService& service) {
    return exists(service.file.path) || has_state(service.directory);
}

/// The system's service of that name, as root would see it.
KnownService read_service_of_system(const std::string& name, Host host) {
    host.uid = 0;
    return read_service(find_by_name(name, Manager::system, host), host);
}

/// A service that was started by path: its state has the name and the configuration.
void follow_state(KnownService& service, const Host& host) {
    const auto found = find_state(service.directory);
    if (!found || found->state.config.empty() || found->state.config == service.file.path ||
        (found->owner != host.uid && found->owner != 0)) {
        return;
    }
    service.file.path = found->state.config;
    auto parsed = try_load(service.file, host);
    service.misread = parsed && has_error(parsed->diagnostics);
    if (parsed && !service.misread) {
        service.config = std::move(parsed->config);
    }
}

} // namespace

KnownService find_service(const std::string& service, const Host& host) {
    const ServiceFile file = locate(service, host);
    KnownService out = read_service(file, host);
    const bool by_name = file.stem == service;
    if (by_name && host.uid != 0 && !is_known(out)) {
        KnownService of_system = read_service_of_system(service, host);
        if (is_known(of_system)) {
            out = std::move(of_system);
        }
    }
    if (by_name && !exists(out.file.path)) {
        follow_state(out, host);
    }
    out.second_record = Whereabouts(out.file, host).second_record();
    return out;
}

void require_configuration(const ServiceFile& file, const Host& host) {
    const std::string missing = is_absent(file.path) ? no_configuration_message(file, host) : "";
    if (!missing.empty()) {
        throw Failure(ExitCode::not_configured, missing);
    }
}

void require_known(const KnownService& service, const Host& host) {
    if (!is_absent(service.file.path) || !is_absent(concat(service.directory, '/', state_name))) {
        return;
    }
    const std::string missing = no_configuration_message(service.file, host);
    throw Failure(ExitCode::not_configured,
                  missing.empty()
                      ? concat(service.name, ": no such service: there is neither ",
                               service.file.path, " nor ", service.directory)
                      : concat(missing, "; and it does not run in ", service.directory));
}

std::vector<KnownService> services_with_files(const Host& host) {
    std::vector<KnownService> out;
    const std::string place = runtime_directory_of("x", {}, host);
    if (place.empty()) {
        throw Failure(ExitCode::not_configured, no_runtime_directory(host));
    }
    const std::string above = split_path(place).first;
    for (const std::string& name : names_in(above)) {
        // /run/amphid has configurations and their drop-ins, too.
        if (!is_service_name(name) || name.ends_with(suffix) ||
            name.ends_with(concat(suffix, ".d"))) {
            continue;
        }
        out.push_back({{}, name, concat(above, '/', name), false, {}, {}});
    }
    std::sort(out.begin(), out.end(),
              [](const KnownService& a, const KnownService& b) { return a.name < b.name; });
    return out;
}

} // namespace amphid
