// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "resolve/specifiers.h"

#include <cstdint>
#include <string>
#include <vector>

namespace amphid {

/// A systemd unit and its drop-ins, in the order in which they count.
struct UnitSource {
    struct File {
        std::string path;
        std::string text;
    };
    std::string name; // "nginx.service"
    std::vector<File> files;
    Specifiers specifiers;
    /// A .socket unit of its name lies beside it.
    std::string socket;
    /// The instances' template lies beside it: "postgresql@.service".
    std::string template_beside;
    /// The files of tmpfiles.d(5): what they make for the service at boot, it needs elsewhere, too.
    std::vector<File> tmpfiles;
};

/// How much of a unit has no effect outside systemd.
enum class Loss : std::uint8_t { nothing, sandbox, something };
constexpr auto enum_names(Loss) {
    return names_up_to<Loss::something>("nothing", "sandbox", "something");
}

/// A directive that has no key, or a key with another effect.
struct ImportNote {
    Position at;
    std::string directive;
    std::string value;
    Loss loss = Loss::nothing;
    std::string why;     // a sentence without its full stop
    bool copied = false; // into [systemd.*]
};

struct ImportedUnit {
    Config config;
    std::vector<ImportNote> notes;
    /// The unit's own mistakes.
    std::vector<Diagnostic> diagnostics;
};

/// The configuration that does what the unit does. What it says that amphid does not do is kept in
/// [systemd.*], so that a generated unit has it again.
ImportedUnit import_unit(const UnitSource& source);

/// The most that is lost.
Loss loss_of(const std::vector<ImportNote>& notes);

/// The configuration as a file, with a comment for each note.
std::string print_import(const ImportedUnit& unit, const UnitSource& source);

} // namespace amphid
