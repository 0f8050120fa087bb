// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "plan/host.h"
#include "resolve/configuration_path.h"
#include "resolve/plan.h"

#include <optional>
#include <string>
#include <vector>

namespace amphid {

constexpr std::size_t largest_file = 1 << 20; // of a configuration

/// The name of a configuration or unit file without its suffix.
std::string stem_of(const std::string& path);

/// The file of SERVICE on the command line. Throws Failure for an invalid name.
ServiceFile locate(const std::string& service, const Host& host);

/// A service that is PROGRAM, a path or a name, without a file. Throws Failure if its name cannot
/// be a service's.
ServiceFile program_in_place_of_file(const std::string& program, const Host& host);

/// The texts of a configuration file and its drop-ins (Config::files) with their diagnostics; for a
/// unit, the imported configuration.
struct LoadedText {
    std::vector<std::string> texts;
    ParsedConfig parsed;
};

/// Reads them. As root, refuses a file that somebody else could write. Throws Failure if one cannot
/// be read.
LoadedText load_text(const ServiceFile& file, const Host& host);

/// Reads and checks the file with its drop-ins; prints every mistake and throws Failure if there is
/// an error.
Config load(const ServiceFile& file, const Host& host);

/// The same without printing anything: as much as can be parsed. Returns nullopt if the file cannot
/// be read.
std::optional<ParsedConfig> try_load(const ServiceFile& file, const Host& host);

/// The users whose files root trusts besides its own: the caller of sudo.
std::vector<uid_t> trusted_users(const Host& host);

/// A service that a command refers to without starting it.
struct KnownService {
    ServiceFile file;
    std::string name;
    std::string directory; // of its runtime files
    /// The file exists but cannot be read or has errors, so its own directories are unknown.
    bool misread = false;
    /// The message that another file's service uses that directory; empty: none does.
    std::string taken{};
    /// The configuration, if it can be read and has no errors.
    std::optional<Config> config = {};
    /// The path of its SecondRecord.
    std::string second_record = {};
};

/// Finds a service. One whose configuration is now broken or missing can still be stopped: the name
/// decides, and the state of a service started by another path names its configuration. A plain
/// user without a service of that name gets the system's. Throws Failure.
KnownService find_service(const std::string& service, const Host& host);

/// Every service with files in this user's directories, by name. Throws Failure.
std::vector<KnownService> services_with_files(const Host& host);

/// Throws Failure if a service that was named without a directory has no configuration: where it
/// was searched.
void require_configuration(const ServiceFile& file, const Host& host);

/// Throws Failure for a service that has neither a configuration nor a state.
void require_known(const KnownService& service, const Host& host);

} // namespace amphid
