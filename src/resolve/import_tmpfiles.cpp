// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/import_tmpfiles.h"

#include "base/text.h"

#include <algorithm>

namespace amphid {

namespace {

/// tmpfiles.d(5): type, path, mode, user, group, age, argument.
std::vector<std::string> fields_of(std::string_view line) {
    std::vector<std::string> out;
    std::string normal(line);
    std::replace(normal.begin(), normal.end(), '\t', ' ');
    for (const std::string_view word : split(normal, ' ')) {
        if (!word.empty()) {
            out.emplace_back(word);
        }
    }
    return out;
}

std::string_view base_of(std::string_view path) {
    std::string_view name = path.substr(path.find_last_of('/') + 1);
    name.remove_suffix(name.ends_with(".conf") ? 5 : 0);
    return name;
}

/// "/var/run/x/" as "/run/x".
std::string plain_path(std::string_view path) {
    std::string out(path.starts_with("/var/run/") ? path.substr(4) : path);
    while (out.size() > 1 && out.ends_with('/')) {
        out.pop_back();
    }
    return out;
}

std::optional<BootDirectory> directory_in(const std::vector<std::string>& fields) {
    constexpr std::string_view kinds = "dDvqQ";
    if (fields.size() < 2 || kinds.find(fields[0].front()) == std::string_view::npos) {
        return std::nullopt;
    }
    const auto field = [&](std::size_t i, std::string_view otherwise) {
        const bool given = i < fields.size() && fields[i] != "-";
        const auto first = given ? fields[i].find_first_not_of("~:") : std::string::npos;
        return std::string(first == std::string::npos ? otherwise
                                                      : std::string_view(fields[i]).substr(first));
    };
    BootDirectory out{plain_path(fields[1]), field(2, "0755"), field(3, "root"), field(4, "root")};
    const bool usable = out.path.starts_with("/run/") && out.path.find('%') == std::string::npos;
    return usable ? std::optional(std::move(out)) : std::nullopt;
}

} // namespace

std::vector<BootDirectory> boot_directories(const std::vector<UnitSource::File>& tmpfiles,
                                            std::string_view stem, std::string_view user,
                                            std::string_view pid_file) {
    const std::string_view prefix = stem.substr(0, stem.find('@'));
    const std::string pid = plain_path(pid_file);
    std::vector<BootDirectory> out;
    for (const UnitSource::File& file : tmpfiles) {
        for (const std::string_view line : split(file.text, '\n')) {
            const auto found = directory_in(fields_of(line));
            const bool concerns =
                found && (base_of(file.path) == prefix || (user == found->user && user != "root") ||
                          pid.starts_with(found->path + '/'));
            if (concerns && std::find(out.begin(), out.end(), *found) == out.end()) {
                out.push_back(*found);
            }
        }
    }
    return out;
}

} // namespace amphid
