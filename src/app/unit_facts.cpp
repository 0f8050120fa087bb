// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/unit_facts.h"

#include "os/files.h"
#include "os/installed.h"
#include "resolve/configuration_path.h"

#include <algorithm>
#include <sys/stat.h>

namespace amphid {

std::string service_name(const ServiceFile& file, const Config& config) {
    return config.launcher.name.empty() ? file.stem : config.launcher.name;
}

UnitFacts facts_about(const ServiceFile& file, const Config& config, Manager manager) {
    UnitFacts out;
    out.name = service_name(file, config);
    out.file = file;
    out.amphid = own_program();
    out.manager = manager;
    out.systemd_version = installed_systemd_version();
    std::vector<std::string> all{file.path};
    all.insert(all.end(), file.drop_ins.begin(), file.drop_ins.end());
    out.public_file = std::all_of(all.begin(), all.end(), [](const std::string& path) {
        struct stat st {};
        return ::stat(path.c_str(), &st) == 0 && (st.st_mode & S_IROTH) != 0;
    });
    return out;
}

Manager manager_for(const ServiceFile& file, const Host& host) {
    const auto of_system = configuration_directories(Manager::system, host);
    const auto begins = [&](const std::string& directory) {
        return split_path(file.path).first == directory;
    };
    return host.uid == 0 || std::any_of(of_system.begin(), of_system.end(), begins)
               ? Manager::system
               : Manager::user;
}

} // namespace amphid
