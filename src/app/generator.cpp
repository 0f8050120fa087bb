// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/generator.h"

#include "app/console.h"
#include "app/lookup.h"
#include "app/other_unit.h"
#include "app/service.h"
#include "app/unit_facts.h"
#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/read_host.h"
#include "plan/service_name.h"
#include "plan/unit_name.h"
#include "resolve/socket_unit.h"

#include <fcntl.h>
#include <map>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

constexpr std::string_view system_generator = "amphid-generator";
constexpr std::string_view user_generator = "amphid-user-generator";

std::string_view base_name(std::string_view path) {
    return path.substr(path.find_last_of('/') + 1);
}

/// A generator's messages go to the kernel log; at boot there is no journal yet.
void log_to_kernel(std::string_view text) {
    const std::string line = concat("amphid-generator[", ::getpid(), "]: ", printable(text), '\n');
    const Fd kmsg(::open("/dev/kmsg", O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY));
    if (!kmsg || !write_all(kmsg.get(), concat("<4>", line))) {
        write_all(STDERR_FILENO, line);
    }
}

/// One file; for a broken one as much as could be read.
struct Found {
    ServiceFile file;
    Config config;
    bool broken = false;
};

Found look_into(ServiceFile file, const Host& host) {
    try {
        Config config = load(file, host);
        return {std::move(file), std::move(config), false};
    } catch (const Failure& failure) {
        const bool readable = *failure.what() == '\0';
        log_to_kernel(readable ? concat(file.path,
                                        " has mistakes, so its unit will fail; see `amphid check ",
                                        file.stem, '`')
                               : failure.what());
        auto parsed = readable ? try_load(file, host) : std::nullopt;
        Config config = parsed ? std::move(parsed->config) : Config{};
        return {std::move(file), std::move(config), true};
    }
}

/// Writes into the directory passed by systemd.
class Generator {
public:
    Generator(const std::string& directory, Manager manager, const Host& host)
        : directory_(open_directory(directory, false)), manager_(manager), host_(host) {}

    void write(const Found& found) {
        const UnitFacts facts = facts_about(found.file, found.config, manager_);
        const std::string unit = concat(facts.name, service_suffix);
        const auto [other, is_new] = written_.emplace(unit, found.file.path);
        if (!is_new) {
            log_to_kernel(concat(found.file.path, ": no unit is generated: ", unit, " comes from ",
                                 other->second));
            return;
        }
        if (!is_free(found, unit)) {
            written_.erase(other);
            return;
        }
        replace_file(directory_.get(), unit,
                     found.broken ? failing_unit_file(facts) : unit_file(found.config, facts),
                     0644);
        install(found, unit);
        write_sockets(found, facts);
    }

    /// After all units: a unit's name takes precedence over the alias of another.
    void write_aliases(const Found& found) {
        const std::string unit =
            concat(facts_about(found.file, found.config, manager_).name, service_suffix);
        const auto owner = written_.find(unit);
        if (owner == written_.end() || owner->second != found.file.path || found.broken) {
            return;
        }
        for (const std::string& alias : found.config.install.alias.list) {
            if (alias != unit && is_free(found, alias)) {
                link(unit, alias);
            }
        }
    }

private:
    void write_sockets(const Found& found, const UnitFacts& facts) {
        for (const SocketUnit& unit :
             found.broken ? std::vector<SocketUnit>() : socket_units(found.config, facts)) {
            const bool is_new = written_.emplace(unit.name, found.file.path).second;
            if (is_new && is_free(found, unit.name)) {
                replace_file(directory_.get(), unit.name, unit.text, 0644);
            }
        }
    }

    bool is_free(const Found& found, const std::string& unit) {
        const bool replace = found.config.install.replace;
        const auto other = find_other_unit(unit, manager_, host_);
        if (const std::string words = other_unit_message(other, unit, replace); !words.empty()) {
            log_to_kernel(concat(found.file.path, ": ", words));
        }
        return !other || (replace && !other->before_generated);
    }

    /// A broken file is not dropped silently: it becomes a unit that fails. It is only wanted,
    /// never required.
    void install(const Found& found, const std::string& unit) {
        UnitNames wanted = found.config.install.wanted_by;
        if (unit.find("@.") != std::string::npos) {
            return; // a template is started by its instances
        }
        // Too broken to read [install].
        if (found.broken && !found.config.origins.contains("install") &&
            !found.config.origins.contains("service.exec-start")) {
            wanted.list = {manager_ == Manager::user ? "default.target" : "multi-user.target"};
        }
        for (const std::string& target : wanted.list) {
            link_into(concat(target, ".wants"), unit);
        }
        if (!found.broken) {
            for (const std::string& target : found.config.install.required_by.list) {
                link_into(concat(target, ".requires"), unit);
            }
        }
    }

    void link_into(const std::string& directory, const std::string& unit) {
        if (::mkdirat(directory_.get(), directory.c_str(), 0755) < 0 && errno != EEXIST) {
            throw OsError("cannot create directory", path_in(directory_.get(), directory));
        }
        link(concat("../", unit), concat(directory, '/', unit));
    }

    void link(const std::string& target, const std::string& name) {
        if (::symlinkat(target.c_str(), directory_.get(), name.c_str()) < 0 && errno != EEXIST) {
            throw OsError("cannot create the link", path_in(directory_.get(), name));
        }
    }

    Fd directory_;
    Manager manager_;
    const Host& host_;
    std::map<std::string, std::string> written_; // unit → the file it comes from
};

std::vector<Found> look_at_all(Manager manager, const Host& host) {
    std::vector<Found> out;
    for (const std::string& stem : configured_names(manager, host)) {
        if (!is_service_name(stem)) {
            log_to_kernel(concat("no unit is generated: '", stem, "' is not a valid service name"));
            continue;
        }
        ServiceFile file = find_by_name(stem, manager, host);
        if (!file.masked) {
            out.push_back(look_into(std::move(file), host));
        }
    }
    return out;
}

} // namespace

bool is_generator(std::string_view program) {
    return base_name(program) == system_generator || base_name(program) == user_generator;
}

int run_generator(std::span<char* const> argv) {
    if (argv.size() != 4 && argv.size() != 2) {
        print_error("usage: amphid-generator NORMAL-DIR [EARLY-DIR LATE-DIR] (run by systemd)");
        return code_of(ExitCode::failure);
    }
    const bool of_user = base_name(argv[0]) == user_generator;
    const Manager manager = of_user ? Manager::user : Manager::system;
    try {
        const Host host = read_host();
        Generator generator(argv[1], manager, host);
        const auto all = look_at_all(manager, host);
        for (const auto step : {&Generator::write, &Generator::write_aliases}) {
            for (const Found& found : all) {
                try {
                    (generator.*step)(found);
                } catch (const OsError& error) {
                    log_to_kernel(concat(found.file.path, ": ", error.what()));
                }
            }
        }
        return code_of(ExitCode::success);
    } catch (const OsError& error) {
        log_to_kernel(error.what());
        return code_of(ExitCode::failure);
    }
}

} // namespace amphid
