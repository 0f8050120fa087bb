// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/lookup.h"

#include "base/text.h"
#include "os/files.h"

#include <algorithm>
#include <map>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

bool is_there(const std::string& path) {
    struct stat st {};
    return ::lstat(path.c_str(), &st) == 0;
}

/// systemd.unit(5): of files with the same name the one in the first directory counts, and a link
/// to /dev/null masks it; the rest is sorted by name, regardless of directory.
std::vector<std::string> drop_ins_in(const std::vector<std::string>& directories) {
    std::map<std::string, std::string> by_name;
    for (const std::string& directory : directories) {
        for (const std::string& name : names_in(directory)) {
            if (name.ends_with(configuration_suffix) && !name.starts_with('.')) {
                by_name.emplace(name, concat(directory, '/', name));
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

/// A drop-in of the instance takes precedence over one of its template.
std::vector<std::string> drop_ins_of(const std::string& stem,
                                     const std::vector<std::string>& directories) {
    std::vector<std::string> all;
    for (const std::string& name : names_of_configuration(stem)) {
        for (const std::string& directory : directories) {
            all.push_back(concat(directory, '/', name, drop_in_suffix));
        }
    }
    return drop_ins_in(all);
}

} // namespace

bool is_mask(const std::string& path) {
    struct stat st {};
    struct stat null {};
    return ::stat(path.c_str(), &st) == 0 && S_ISCHR(st.st_mode) &&
           ::stat("/dev/null", &null) == 0 && st.st_rdev == null.st_rdev;
}

ServiceFile find_by_name(const std::string& stem, Manager manager, const Host& host) {
    const auto directories = configuration_directories(manager, host);
    ServiceFile out{concat(configuration_directory(manager, host), '/', stem, configuration_suffix),
                    stem, drop_ins_of(stem, directories), instance_of(stem)};
    for (const std::string& name : names_of_configuration(stem)) {
        for (const std::string& directory : directories) {
            const std::string path = concat(directory, '/', name, configuration_suffix);
            if (is_there(path)) {
                out.path = path;
                out.masked = is_mask(path);
                return out;
            }
        }
    }
    return out;
}

ServiceFile find_by_path(const std::string& path, const std::string& stem, const Host& host) {
    ServiceFile out{path, stem, {}, instance_of(stem), is_mask(path)};
    const std::string directory = split_path(path).first;
    for (const Manager manager : {Manager::system, Manager::user}) {
        const auto all = configuration_directories(manager, host);
        if (std::find(all.begin(), all.end(), directory) != all.end()) {
            out.drop_ins = drop_ins_of(stem, all);
            return out;
        }
    }
    out.drop_ins = drop_ins_in({path + ".d"});
    return out;
}

std::string no_configuration_message(const ServiceFile& file, const Host& host) {
    const Manager manager = manager_of_configurations(host);
    const auto directories = configuration_directories(manager, host);
    if (std::find(directories.begin(), directories.end(), split_path(file.path).first) ==
        directories.end()) {
        return {};
    }
    std::string files;
    for (const std::string& name : names_of_configuration(file.stem)) {
        files += concat(files.empty() ? "" : " or ", name, configuration_suffix);
    }
    std::string places;
    for (const std::string& directory : directories) {
        places += concat(places.empty() ? "" : ", ", directory);
    }
    std::string hint;
    const ServiceFile of_system = find_by_name(file.stem, Manager::system, host);
    if (manager == Manager::user && is_there(of_system.path)) {
        hint = concat("; ", of_system.path, " is the system's, which root starts");
    } else {
        const auto known = configured_names(manager, host);
        const std::string_view near =
            nearest(file.stem, std::vector<std::string_view>(known.begin(), known.end()));
        hint = near.empty() ? "" : concat("; did you mean '", near, "'?");
    }
    return concat(file.stem, ": no such service: there is no ", files, " in ", places, hint);
}

std::vector<std::string> configured_names(Manager manager, const Host& host) {
    std::set<std::string> out;
    for (const std::string& directory : configuration_directories(manager, host)) {
        for (const std::string& name : names_in(directory)) {
            if (name.ends_with(configuration_suffix) && !name.starts_with('.')) {
                out.insert(name.substr(0, name.size() - configuration_suffix.size()));
            }
        }
    }
    return {out.begin(), out.end()};
}

} // namespace amphid
