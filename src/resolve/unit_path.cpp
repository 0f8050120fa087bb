// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/unit_path.h"

namespace amphid {

std::string xdg_directory(const Host& host, std::string_view variable_name,
                          std::string_view below_home) {
    const auto xdg = variable(host, variable_name);
    if (xdg && xdg->starts_with('/')) {
        return std::string(*xdg);
    }
    return concat(variable(host, "HOME").value_or(""), below_home);
}

std::vector<UnitDirectory> unit_directories(Manager manager, const Host& host) {
    if (manager != Manager::user) {
        return {{"/etc/systemd/system", true},
                {"/etc/systemd/system.attached", true},
                {"/run/systemd/system", true},
                {"/run/systemd/system.attached", true},
                {"/usr/local/lib/systemd/system", false},
                {"/usr/lib/systemd/system", false},
                {"/lib/systemd/system", false}};
    }
    std::vector<UnitDirectory> out{
        {concat(xdg_directory(host, "XDG_CONFIG_HOME", "/.config"), "/systemd/user"), true},
        {"/etc/systemd/user", true}};
    if (const auto runtime = variable(host, "XDG_RUNTIME_DIR")) {
        out.push_back({concat(*runtime, "/systemd/user"), true});
    }
    out.push_back({"/run/systemd/user", true});
    out.push_back(
        {concat(xdg_directory(host, "XDG_DATA_HOME", "/.local/share"), "/systemd/user"), false});
    for (const char* place : {"/usr/local/share", "/usr/share", "/usr/local/lib", "/usr/lib"}) {
        out.push_back({concat(place, "/systemd/user"), false});
    }
    return out;
}

std::vector<std::string> names_of_unit(const std::string& unit) {
    const auto at = unit.find('@');
    const auto dot = unit.find_last_of('.');
    if (at == std::string::npos || dot == std::string::npos || dot <= at + 1) {
        return {unit};
    }
    return {unit, concat(unit.substr(0, at + 1), unit.substr(dot))};
}

} // namespace amphid
