// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "resolve/specifiers.h"

#include <cstdint>
#include <string>
#include <vector>

namespace amphid {

/// A systemd unit and its drop-ins, in order of precedence.
struct UnitSource {
    struct File {
        std::string path;
        std::string text;
        std::string socket{}; // of which .socket unit; empty: of the service
    };
    std::string name; // "nginx.service"
    std::vector<File> files;
    Specifiers specifiers;
    /// The .socket unit of that name, or of the template's prefix with Accept=yes, if there is one.
    std::string socket;
    bool is_per_connection = false; // Accept=yes: each connection has an instance of its own
    /// The template of its instances, if there is one: "postgresql@.service".
    std::string template_beside;
    /// Files of tmpfiles.d(5): the service needs the directories they create outside systemd, too.
    std::vector<File> tmpfiles;
};

/// What a unit loses outside systemd.
enum class Loss : std::uint8_t { nothing, limits, sandbox, something };
constexpr auto enum_names(Loss) {
    return names_up_to<Loss::something>("nothing", "limits", "sandbox", "something");
}

/// True for what systemd does around the service, and nobody does elsewhere.
constexpr bool is_only_under_systemd(Loss loss) {
    return loss == Loss::limits || loss == Loss::sandbox;
}

/// A directive without a key, or with a key that has another effect.
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
    /// Mistakes in the unit itself.
    std::vector<Diagnostic> diagnostics;
};

/// Converts a unit to a configuration that does the same. Directives that amphid does not apply are
/// kept in [systemd.*], so that a generated unit has them again.
ImportedUnit import_unit(const UnitSource& source);

/// The greatest loss among the notes.
Loss loss_of(const std::vector<ImportNote>& notes);

/// The configuration as a file, with a comment for each note.
std::string print_import(const ImportedUnit& unit, const UnitSource& source);

} // namespace amphid
