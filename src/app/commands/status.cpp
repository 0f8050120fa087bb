// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/commands.h"
#include "app/console.h"
#include "app/log_source.h"
#include "app/service_status.h"
#include "app/started_service.h"
#include "app/status_formats.h"
#include "app/status_probe.h"
#include "app/status_text.h"
#include "base/text.h"
#include "os/colour.h"
#include "os/files.h"
#include "os/kernel.h"
#include "os/os_error.h"
#include "os/read_host.h"
#include "plan/service_name.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <map>
#include <sys/ioctl.h>
#include <unistd.h>

namespace amphid {

namespace {

/// The names of the configurations in this user's directories.
std::vector<std::string> configured_names(const Host& host) {
    const Manager manager = host.uid == 0 ? Manager::system : Manager::user;
    std::vector<std::string> out;
    for (const std::string& directory : configuration_directories(manager, host)) {
        for (const std::string& file : names_in(directory)) {
            const bool is_one = file.ends_with(configuration_suffix);
            const std::string stem =
                is_one ? file.substr(0, file.size() - configuration_suffix.size()) : "";
            if (is_service_name(stem) && !stem.ends_with('@')) {
                out.push_back(stem);
            }
        }
    }
    return out;
}

/// Every service of this user, whether it ever ran or not.
std::vector<KnownService> all_services(const Host& host) {
    std::map<std::string, KnownService> out; // by directory
    for (KnownService& service : services_with_files(host)) {
        const std::string directory = service.directory;
        out[directory] = std::move(service);
    }
    for (const std::string& name : configured_names(host)) {
        KnownService service = find_service(name, host);
        const std::string directory = service.directory;
        out[directory] = std::move(service);
    }
    std::vector<KnownService> list;
    for (auto& [directory, service] : out) {
        list.push_back(std::move(service));
    }
    std::sort(list.begin(), list.end(),
              [](const KnownService& a, const KnownService& b) { return a.name < b.name; });
    return list;
}

/// locale(7), without loading one.
bool speaks_utf8() {
    for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(variable);
        if (value != nullptr && *value != '\0') {
            const std::string_view locale(value);
            return locale.find("UTF-8") != std::string_view::npos ||
                   locale.find("utf8") != std::string_view::npos;
        }
    }
    return false;
}

Look look_of_output() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    Look out;
    out.now_usec = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
                   static_cast<std::uint64_t>(now.tv_nsec) / 1000;
    out.unicode = speaks_utf8();
    winsize size{};
    if (::isatty(STDOUT_FILENO) == 1) {
        out.colour = takes_colour(STDOUT_FILENO);
        out.width = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
    }
    return out;
}

/// The output that systemctl(1) also shows below a unit.
std::string shown_lines_of(const KnownService& service, const Host& host) {
    const std::string lines = last_lines_of(service, host, 10);
    return concat(lines.empty() ? "" : "\n", printable(lines, true));
}

std::string text_of(const Arguments& arguments, const std::vector<KnownService>& services,
                    const std::vector<ServiceStatus>& statuses, const Host& host) {
    if (arguments.metrics) {
        return status_metrics(statuses);
    }
    const Look look = look_of_output();
    if (!arguments.json && arguments.operands.empty()) {
        return status_table(statuses, look);
    }
    std::string out;
    for (std::size_t i = 0; i < statuses.size(); ++i) {
        out += arguments.json ? status_json(statuses[i]) + '\n'
                              : concat(out.empty() ? "" : "\n", status_text(statuses[i], look),
                                       shown_lines_of(services[i], host));
    }
    return out;
}

int tell_status(const Arguments& arguments) {
    require_process_handles();
    const Host host = read_host();
    if (arguments.probe != Probe::none || arguments.awaits != WaitFor::nothing) {
        return probe_status(arguments, host);
    }
    std::vector<KnownService> services;
    for (const std::string& word : arguments.operands) {
        services.push_back(find_started_service(word, host));
    }
    if (arguments.operands.empty()) {
        services = all_services(host);
    }
    std::vector<ServiceStatus> statuses;
    int code = 0;
    for (const KnownService& service : services) {
        statuses.push_back(inspect(service));
        code = std::max(code, code_of(statuses.back().code));
    }
    print(text_of(arguments, services, statuses, host));
    return arguments.operands.empty() || arguments.metrics ? 0 : code;
}

} // namespace

int run_status(const Arguments& arguments) {
    try {
        return tell_status(arguments);
    } catch (const OsError& error) {
        // The service has not been announced.
        print_error(error.what());
        return code_of(StatusCode::unknown);
    }
}

} // namespace amphid
