// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/other_unit.h"

#include "base/text.h"
#include "os/files.h"
#include "resolve/unit_file.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace amphid {

namespace {

bool is_deliberate(const std::string& path) {
    struct stat st {};
    if (::stat(path.c_str(), &st) == 0 && (!S_ISREG(st.st_mode) || st.st_size == 0)) {
        return true; // /dev/null or an empty file: masked
    }
    const auto text = read_small_file(AT_FDCWD, path.c_str());
    return text && text->starts_with(generated_mark);
}

} // namespace

std::optional<OtherUnit> find_other_unit(const std::string& unit, Manager manager,
                                         const Host& host) {
    for (const UnitDirectory& directory : unit_directories(manager, host)) {
        for (const std::string& name : names_of_unit(unit)) {
            const std::string path = concat(directory.path, '/', name);
            struct stat st {};
            if (::lstat(path.c_str(), &st) == 0) {
                return OtherUnit{path, directory.before_generated, is_deliberate(path)};
            }
        }
    }
    return std::nullopt;
}

std::string other_unit_message(const std::optional<OtherUnit>& other, const std::string& unit,
                               bool replace) {
    if (!other || other->deliberate || (replace && !other->before_generated)) {
        return {};
    }
    if (replace) {
        return concat(other->path, " takes precedence over a generated ", unit,
                      ", even with `replace = true`");
    }
    return concat("no unit is generated: ", unit, " exists as ", other->path,
                  "; choose another name, or set `replace = true` in [install]");
}

} // namespace amphid
