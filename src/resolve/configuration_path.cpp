// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/configuration_path.h"

#include "resolve/unit_path.h"

namespace amphid {

std::vector<std::string> configuration_directories(Manager manager, const Host& host) {
    if (manager != Manager::user) {
        return {"/run/amphid", "/etc/amphid", "/usr/local/lib/amphid", "/usr/lib/amphid"};
    }
    return {concat(xdg_directory(host, "XDG_CONFIG_HOME", "/.config"), "/amphid"),
            "/etc/amphid/user",
            concat(xdg_directory(host, "XDG_DATA_HOME", "/.local/share"), "/amphid"),
            "/usr/local/lib/amphid/user", "/usr/lib/amphid/user"};
}

std::string configuration_directory(Manager manager, const Host& host) {
    const auto all = configuration_directories(manager, host);
    return manager == Manager::user ? all[0] : all[1];
}

std::optional<std::string> instance_of(std::string_view stem) {
    const auto at = stem.find('@');
    const bool has = at != std::string_view::npos && at > 0 && at + 1 < stem.size();
    return has ? std::optional(std::string(stem.substr(at + 1))) : std::nullopt;
}

std::vector<std::string> names_of_configuration(const std::string& stem) {
    std::vector<std::string> out{stem};
    if (instance_of(stem)) {
        out.push_back(stem.substr(0, stem.find('@') + 1));
    }
    return out;
}

} // namespace amphid
