// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/unit_facts.h"

#include "os/installed.h"

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
    struct stat st {};
    out.public_file = ::stat(file.path.c_str(), &st) == 0 && (st.st_mode & S_IROTH) != 0;
    return out;
}

Manager manager_for(const ServiceFile& file, const Host& host) {
    return host.uid == 0 || file.path.starts_with("/etc/amphid/") ? Manager::system : Manager::user;
}

} // namespace amphid
