// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/unit_start.h"

#include "app/console.h"
#include "app/narrator.h"
#include "app/running_service.h"
#include "app/service.h"
#include "app/unit_facts.h"
#include "app/unit_job.h"
#include "base/text.h"
#include "os/files.h"
#include "os/read_host.h"
#include "plan/unit_name.h"
#include "resolve/unit_file.h"

#include <fcntl.h>
#include <unistd.h>

namespace amphid {

namespace {

/// A manager's directories for generated units.
std::string generator_directory(Manager manager, const Host& host) {
    const auto runtime = variable(host, "XDG_RUNTIME_DIR");
    if (manager != Manager::user) {
        return "/run/systemd/generator";
    }
    return runtime ? concat(*runtime, "/systemd/generator") : std::string();
}

bool is_generated_from(const std::string& unit, const std::string& file) {
    const auto text = read_small_file(AT_FDCWD, unit.c_str(), largest_file);
    return text && text->starts_with(concat(generated_mark, printable(file), ':'));
}

} // namespace

std::optional<int> start_generated_unit(const std::string& service, bool retries, Volume volume) {
    if (::getpid() == 1 || ::access("/run/systemd/system", F_OK) < 0) {
        return std::nullopt; // the common case of a daemon stops here
    }
    const Host host = read_host();
    const Manager manager = host.uid == 0 ? Manager::system : Manager::user;
    const std::string directory = generator_directory(manager, host);
    if (executed_by_systemd(host) || directory.empty()) {
        return std::nullopt;
    }
    const ServiceFile file = locate(service, host);
    const auto parsed = try_load(file, host);
    if (!parsed || has_error(parsed->diagnostics) ||
        parsed->config.launcher.mode != ModeChoice::automatic) {
        return std::nullopt;
    }
    const std::string name = service_name(file, parsed->config);
    const std::string unit = concat(name, service_suffix);
    if (!is_generated_from(concat(directory, '/', unit), file.path)) {
        return std::nullopt;
    }
    const std::string place = find_service(service, host).directory;
    const Running running = look_at(place);
    if (running.launcher || find_orphan(running)) {
        return std::nullopt;
    }
    const Narrator narrator(volume, name);
    if (volume != Volume::quiet) {
        print_error(concat(name, ": started by systemd as ", unit, " (--daemon forces a daemon)"));
    }
    narrator.step(concat("systemctl start ", unit));
    const int code = run_unit_job({manager, unit, name, place, retries}, "start");
    if (code == code_of(ExitCode::success)) {
        narrator.result("ready");
    }
    return code;
}

} // namespace amphid
