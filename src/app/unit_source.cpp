// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/unit_source.h"

#include "app/console.h"
#include "app/lookup.h"
#include "app/service.h"
#include "base/text.h"
#include "os/files.h"
#include "plan/unit_name.h"
#include "resolve/import_socket.h"
#include "resolve/start_condition.h"
#include "resolve/unit_path.h"
#include "resolve/unit_text.h"

#include <algorithm>
#include <fcntl.h>
#include <grp.h>
#include <map>
#include <pwd.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace amphid {

namespace {

std::string first_line_of(const char* path) {
    const std::string text = read_small_file(AT_FDCWD, path).value_or("");
    return text.substr(0, text.find('\n'));
}

/// A field of os-release(5).
std::string release_field(std::string_view name) {
    for (const char* file : {"/etc/os-release", "/usr/lib/os-release"}) {
        const std::string text = read_small_file(AT_FDCWD, file).value_or("");
        for (const std::string_view line : split(text, '\n')) {
            if (line.starts_with(concat(name, '='))) {
                std::string value(line.substr(name.size() + 1));
                value.erase(std::remove(value.begin(), value.end(), '"'), value.end());
                return value;
            }
        }
    }
    return {};
}

std::string without_dashes(std::string id) {
    id.erase(std::remove(id.begin(), id.end(), '-'), id.end());
    return id;
}

/// systemd.unit(5), the table of specifiers: those that depend on host and manager.
void add_host(Specifiers& specifiers, const Host& host) {
    auto& values = specifiers.values;
    const bool system = host.uid == 0;
    const passwd* const user = ::getpwuid(host.uid);
    const group* const own_group = ::getgrgid(::getegid());
    const auto in_home = [&](std::string_view name, std::string_view below) {
        return xdg_directory(host, name, below);
    };
    values['t'] = system ? "/run" : std::string(variable(host, "XDG_RUNTIME_DIR").value_or("/run"));
    values['S'] = system ? "/var/lib" : in_home("XDG_STATE_HOME", "/.local/state");
    values['C'] = system ? "/var/cache" : in_home("XDG_CACHE_HOME", "/.cache");
    values['L'] = system ? "/var/log" : in_home("XDG_STATE_HOME", "/.local/state") + "/log";
    values['E'] = system ? "/etc" : in_home("XDG_CONFIG_HOME", "/.config");
    values['T'] = std::string(variable(host, "TMPDIR").value_or("/tmp"));
    values['V'] = std::string(variable(host, "TMPDIR").value_or("/var/tmp"));
    values['h'] = user == nullptr ? "/root" : user->pw_dir;
    values['u'] = user == nullptr ? concat(host.uid) : user->pw_name;
    values['s'] = user == nullptr ? "/bin/sh" : user->pw_shell;
    values['U'] = concat(host.uid);
    values['g'] = own_group == nullptr ? concat(::getegid()) : own_group->gr_name;
    values['G'] = concat(::getegid());
    utsname name{};
    ::uname(&name);
    const std::string node = name.nodename;
    values['H'] = node;
    values['q'] = node;
    values['l'] = node.substr(0, node.find('.'));
    values['v'] = name.release;
    values['a'] = architecture_of(name.machine);
    values['m'] = first_line_of("/etc/machine-id");
    values['b'] = without_dashes(first_line_of("/proc/sys/kernel/random/boot_id"));
    values['o'] = release_field("ID");
    values['w'] = release_field("VERSION_ID");
    values['B'] = release_field("BUILD_ID");
    values['W'] = release_field("VARIANT_ID");
    values['M'] = release_field("IMAGE_ID");
    values['A'] = release_field("IMAGE_VERSION");
    // %f: the instance, or the prefix, as a path.
    const std::string& part = values['i'].empty() ? values['P'] : values['I'];
    values['f'] = part.starts_with('/') ? part : '/' + part;
}

std::string base_name(const std::string& path) {
    return path.substr(path.find_last_of('/') + 1);
}

std::vector<std::string> search_path(const Host& host) {
    std::vector<std::string> out;
    for (const UnitDirectory& directory :
         unit_directories(host.uid == 0 ? Manager::system : Manager::user, host)) {
        out.push_back(directory.path);
    }
    return out;
}

/// The first file of the unit, or of its template, in these directories; empty: none.
std::string find_file(const std::string& name, const std::vector<std::string>& directories) {
    for (const std::string& candidate : names_of_unit(name)) {
        for (const std::string& directory : directories) {
            const std::string path = concat(directory, '/', candidate);
            if (::access(path.c_str(), F_OK) == 0) {
                return path;
            }
        }
    }
    return {};
}

/// "foo-bar.service": "foo-bar.service", "foo-.service" and "service", the most particular first.
std::vector<std::string> drop_in_names(const std::string& unit) {
    std::vector<std::string> out;
    for (const std::string& name : names_of_unit(unit)) {
        out.push_back(name);
    }
    const auto dot = unit.find_last_of('.');
    for (auto dash = unit.find_last_of('-', std::min(unit.find('@'), dot));
         dash != std::string::npos && dash > 0; dash = unit.find_last_of('-', dash - 1)) {
        out.push_back(concat(unit.substr(0, dash + 1), unit.substr(dot)));
    }
    out.push_back(unit.substr(dot + 1));
    return out;
}

std::vector<std::string> drop_ins_of(const std::string& unit,
                                     const std::vector<std::string>& directories) {
    std::map<std::string, std::string> by_name;
    for (const std::string& name : drop_in_names(unit)) {
        for (const std::string& directory : directories) {
            const std::string place = concat(directory, '/', name, ".d");
            for (const std::string& file : names_in(place)) {
                if (file.ends_with(".conf")) {
                    by_name.emplace(file, concat(place, '/', file));
                }
            }
        }
    }
    std::vector<std::string> out;
    for (const auto& [name, path] : by_name) {
        if (!is_mask(path)) {
            out.push_back(path);
        }
    }
    return out;
}

void add_files(UnitSource& source, const std::string& path, const std::string& unit,
               const std::vector<std::string>& directories) {
    std::vector<std::string> paths{path};
    const auto drop_ins = drop_ins_of(unit, directories);
    paths.insert(paths.end(), drop_ins.begin(), drop_ins.end());
    for (const std::string& file : paths) {
        source.files.push_back({file,
                                read_small_file(AT_FDCWD, file.c_str(), largest_file).value_or(""),
                                unit == source.name ? std::string() : unit});
    }
}

/// Those that the service cannot do without.
void add_sockets(UnitSource& source, const std::vector<std::string>& directories) {
    UnitText service;
    for (std::size_t i = 0; i < source.files.size(); ++i) {
        service.add(source.files[i].text, static_cast<int>(i));
    }
    const std::string stem = source.name.substr(0, source.name.find_last_of('.'));
    for (const std::string& socket : sockets_needed(service, stem)) {
        const std::string path = find_file(socket, directories);
        if (!path.empty() && !is_mask(path)) {
            add_files(source, path, socket, directories);
        }
    }
}

void add_neighbours(UnitSource& source, const std::vector<std::string>& directories) {
    const std::string stem = source.name.substr(0, source.name.find_last_of('.'));
    const std::string socket = stem + ".socket";
    if (!find_file(socket, directories).empty()) {
        source.socket = socket;
    }
    // Of a template: what starts an instance for each connection.
    const std::string of_prefix = stem.substr(0, stem.find('@')) + ".socket";
    if (const std::string file = find_file(of_prefix, directories);
        stem.find('@') != std::string::npos && !file.empty()) {
        const UnitText text(read_small_file(AT_FDCWD, file.c_str(), largest_file).value_or(""));
        const auto accept = text.last("Socket", "Accept");
        if (accept && parse_boolean(accept->value) == true) {
            source.socket = of_prefix;
            source.is_per_connection = true;
        }
    }
    const std::string of_instances = stem + "@.service";
    if (stem.find('@') == std::string::npos && !find_file(of_instances, directories).empty()) {
        source.template_beside = of_instances;
    }
}

/// A file in an earlier directory replaces those of its name in later ones.
std::vector<UnitSource::File> read_tmpfiles() {
    std::map<std::string, std::string> by_name;
    for (const char* directory : {"/etc/tmpfiles.d", "/run/tmpfiles.d", "/usr/lib/tmpfiles.d"}) {
        for (const std::string& name : names_in(directory)) {
            if (name.ends_with(".conf")) {
                by_name.emplace(name, concat(directory, '/', name));
            }
        }
    }
    std::vector<UnitSource::File> out;
    for (const auto& [name, path] : by_name) {
        out.push_back({path, read_small_file(AT_FDCWD, path.c_str()).value_or("")});
    }
    return out;
}

UnitSource read_from(const std::string& path, const std::string& name, const Host& host) {
    std::vector<std::string> directories = search_path(host);
    const std::string own = split_path(path).first;
    if (std::find(directories.begin(), directories.end(), own) == directories.end()) {
        directories.insert(directories.begin(), own);
    }
    UnitSource out;
    out.name = name;
    add_files(out, path, name, directories);
    add_sockets(out, directories);
    out.specifiers = specifiers_of(name);
    add_host(out.specifiers, host);
    out.specifiers.values['y'] = path;
    out.specifiers.values['Y'] = split_path(path).first;
    add_neighbours(out, directories);
    out.tmpfiles = read_tmpfiles();
    return out;
}

} // namespace

bool is_unit_file(const std::string& path) {
    return path.ends_with(service_suffix);
}

std::optional<UnitSource> try_read_unit(const std::string& path, const Host& host) {
    // The path of an instance, if its template exists.
    const std::string found = find_file(base_name(path), {split_path(path).first});
    if (found.empty() || is_mask(found)) {
        return std::nullopt;
    }
    return read_from(found, base_name(path), host);
}

UnitSource read_unit(const std::string& unit, const Host& host) {
    const bool is_path = unit.find('/') != std::string::npos;
    const std::string name =
        is_path || unit.ends_with(service_suffix) ? base_name(unit) : concat(unit, service_suffix);
    if (!is_unit_name(name) || !name.ends_with(service_suffix)) {
        throw Failure(ExitCode::usage, concat("'", unit, "' is not a service unit"));
    }
    const std::string here = unit.front() == '/' ? unit : concat(host.working_directory, '/', unit);
    const bool beside =
        is_path || (unit.ends_with(service_suffix) && ::access(here.c_str(), F_OK) == 0);
    const std::string path =
        beside ? find_file(name, {split_path(here).first}) : find_file(name, search_path(host));
    if (path.empty()) {
        throw Failure(ExitCode::not_configured, concat("no unit ", is_path ? here : name,
                                                       is_path ? "" : " in systemd's directories"));
    }
    if (is_mask(path)) {
        throw Failure(ExitCode::not_configured,
                      concat(name, " is masked: ", path, " is a link to /dev/null"));
    }
    return read_from(path, name, host);
}

} // namespace amphid
