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

/// The file that SERVICE means (design.md section 2). Throws Failure for a word that can be none.
ServiceFile locate(const std::string& service, const Host& host);

/// The texts of a configuration file and its drop-ins (Config::files) with whatever is wrong in
/// them; of a unit, what its import makes of it.
struct LoadedText {
    std::vector<std::string> texts;
    ParsedConfig parsed;
};

/// Reads them. Run by root, a file that somebody else could write is refused. Throws Failure where
/// one cannot be read.
LoadedText load_text(const ServiceFile& file, const Host& host);

/// Reads and checks the file with its drop-ins; prints every mistake and throws Failure where there
/// is one.
Config load(const ServiceFile& file, const Host& host);

/// The same without a word: what can be had of it. Nothing where the file cannot be read.
std::optional<ParsedConfig> try_load(const ServiceFile& file, const Host& host);

/// Whose files root trusts besides its own: those of whoever called sudo.
std::vector<uid_t> trusted_users(const Host& host);

/// A service that a command speaks of without starting it.
struct KnownService {
    ServiceFile file;
    std::string name;
    std::string directory; // of its runtime files
    /// The file is there but cannot be read or has mistakes: what it says of its own places is not
    /// known.
    bool misread = false;
    /// Another file's service runs there, says this sentence; this one does not.
    std::string taken{};
    /// What the file says, where it can be read and has no mistakes.
    std::optional<Config> config = {};
};

/// Where its files are. A configuration that is broken or gone by now does not keep anybody from
/// stopping what it started: then the name decides, and the state of what was started by another
/// path names its configuration. A plain user who has no service of that name is shown the
/// system's. Throws Failure.
KnownService find_service(const std::string& service, const Host& host);

/// Every service that has files in this user's place, by name. Throws Failure.
std::vector<KnownService> services_with_files(const Host& host);

/// Throws Failure for a service of which there is neither a configuration nor a state.
void require_known(const KnownService& service);

} // namespace amphid
