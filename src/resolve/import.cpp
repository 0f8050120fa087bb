// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/import.h"

#include "base/text.h"
#include "config/schema.h"
#include "config/systemd_table.h"
#include "config/value.h"
#include "resolve/import_notes.h"
#include "resolve/import_socket.h"
#include "resolve/import_tmpfiles.h"
#include "resolve/import_values.h"
#include "resolve/unit_text.h"

#include <algorithm>

namespace amphid {

namespace {

/// A section of a unit file and the table that corresponds to it.
constexpr std::pair<std::string_view, std::string_view> sections[] = {
    {"Unit", "unit"}, {"Service", "service"}, {"Install", "install"}};

std::string_view table_of(std::string_view section) {
    for (const auto& [heading, table] : sections) {
        if (heading == section) {
            return table;
        }
    }
    return {};
}

/// One directive under its current name, with the lines that are in effect.
struct Setting {
    std::string section;
    std::string name;
    std::vector<UnitLine> lines;
};

/// systemd.unit(5): an empty condition resets all conditions.
bool is_condition(std::string_view name) {
    return name.starts_with("Condition") || name.starts_with("Assert");
}

/// What stands for a service that is somewhere else.
bool does_nothing(std::string_view command) {
    const std::string_view program = command.substr(0, command.find(' '));
    return program.ends_with("/true") || program.ends_with("/echo");
}

void reset(const Setting& which, std::vector<Setting>& settings) {
    for (Setting& other : settings) {
        const bool same = other.name == which.name && other.section == which.section;
        if (same || (is_condition(which.name) && is_condition(other.name) &&
                     other.name.starts_with(which.name.front()))) {
            other.lines.clear();
        }
    }
}

/// In order of first appearance; the old TimeoutSec= becomes two directives.
std::vector<Setting> settings_of(const UnitText& unit) {
    std::vector<Setting> out;
    const auto add = [&](const UnitLine& line, const DirectiveName& name) {
        auto found = std::find_if(out.begin(), out.end(), [&](const Setting& setting) {
            return setting.name == name.name && setting.section == name.section;
        });
        if (found == out.end()) {
            found = out.insert(out.end(), {name.section, name.name, {}});
        }
        if (line.value.empty()) {
            reset(*found, out);
        } else {
            found->lines.push_back(line);
            found->lines.back().name = name.name;
        }
    };
    for (const UnitLine& line : unit.lines()) {
        if (table_of(line.section).empty()) {
            continue;
        }
        if (line.section == "Service" && line.name == "TimeoutSec") {
            add(line, {"Service", "TimeoutStartSec"});
            add(line, {"Service", "TimeoutStopSec"});
        } else {
            add(line, present_name(line.section, line.name));
        }
    }
    out.erase(std::remove_if(out.begin(), out.end(),
                             [](const Setting& setting) { return setting.lines.empty(); }),
              out.end());
    return out;
}

/// Finds the key for a directive of this section.
bool is_in(std::string_view table, const Setting& setting) {
    const bool limit = setting.name.starts_with("StartLimit");
    return limit ? table == "service" && setting.section == "Unit"
                 : table == table_of(setting.section);
}

class Importer {
public:
    explicit Importer(const UnitSource& source)
        : source_(source), values_(source.specifiers, [this](Position at, std::string message) {
              out_.diagnostics.push_back({Diagnostic::Severity::warning, at, std::move(message)});
          }) {
        UnitText unit;
        for (std::size_t i = 0; i < source.files.size(); ++i) {
            if (source.files[i].socket.empty()) {
                unit.add(source.files[i].text, static_cast<int>(i));
            }
        }
        settings_ = settings_of(unit);
        if (unit.place_of("Service").line == 0) {
            out_.diagnostics.push_back(
                {Diagnostic::Severity::error, Position{}, "no [Service] section"});
        }
    }

    ImportedUnit run() {
        adapt();
        for (const Setting& setting : settings_) {
            take(setting);
        }
        add_what_is_unsaid();
        Table root;
        for (auto& [name, table] : tables_) {
            if (!table.empty()) {
                root.push_back({std::string(name), {}, {std::move(table), {}}});
            }
        }
        add_sockets(root);
        ParsedConfig parsed = read_tree(root);
        for (Diagnostic& found : parsed.diagnostics) {
            out_.diagnostics.push_back(std::move(found));
        }
        out_.config = std::move(parsed.config);
        return std::move(out_);
    }

private:
    const Setting* find(std::string_view section, std::string_view name) const {
        const auto found =
            std::find_if(settings_.begin(), settings_.end(), [&](const Setting& setting) {
                return setting.section == section && setting.name == name;
            });
        return found == settings_.end() ? nullptr : &*found;
    }

    std::string last(std::string_view section, std::string_view name) const {
        const Setting* const setting = find(section, name);
        return setting == nullptr ? "" : setting->lines.back().value;
    }

    /// As if the unit said it, too.
    void add_line(const std::string& section, const std::string& name, const std::string& value) {
        auto found = std::find_if(settings_.begin(), settings_.end(), [&](const Setting& setting) {
            return setting.section == section && setting.name == name;
        });
        if (found == settings_.end()) {
            found = settings_.insert(found, {section, name, {}});
        }
        found->lines.push_back({section, name, value, {}});
    }

    Table& table(std::string_view name) {
        for (auto& [known, table] : tables_) {
            if (known == name) {
                return table;
            }
        }
        return tables_.emplace_back(name, Table{}).second;
    }

    void set(std::string_view table_name, std::string_view key, Value value) {
        table(table_name).push_back({std::string(key), value.at, std::move(value)});
    }

    void note(const Setting& setting, Loss loss, std::string why) {
        out_.notes.push_back({setting.lines.back().at, setting.name, setting.lines.back().value,
                              loss, std::move(why), false});
    }

    void drop(std::string_view name) {
        settings_.erase(std::remove_if(settings_.begin(), settings_.end(),
                                       [&](const Setting& s) { return s.name == name; }),
                        settings_.end());
    }

    /// Values that no key can express.
    void adapt() {
        // Nothing that confines the service applies to its hooks, its capabilities neither.
        values_.set_privileged(parse_boolean(last("Service", "PermissionsStartOnly")) == true);
        drop("PermissionsStartOnly");
        adapt_type();
        if (!source_.files.empty() && !source_.files.back().socket.empty()) {
            drop("Sockets"); // they become [[socket]]
        }
        for (const std::string_view stream : {"StandardInput", "StandardOutput", "StandardError"}) {
            adapt_stream(stream);
        }
        if (parse_boolean(last("Service", "DynamicUser")) == true && !find("Service", "User")) {
            // The user name systemd would create. Until it exists a start fails: the service must
            // not run as root.
            const std::string stem = source_.name.substr(0, source_.name.find_last_of('.'));
            set("service", "user", {stem, {}});
        }
        if (last("Service", "NotifyAccess") == "none") {
            drop("NotifyAccess"); // systemd defaults to main if the type needs it
        }
    }

    void adapt_type() {
        std::string type = last("Service", "Type");
        const bool bus = type == "dbus" || (type.empty() && find("Service", "BusName") != nullptr);
        const bool starts = find("Service", "ExecStart") != nullptr;
        const std::string name = last("Service", "BusName");
        if (bus && !name.empty()) {
            const auto& lines = find("Service", "BusName")->lines;
            if (auto value = values_.value_of(lines, out_.config.ready.dbus)) {
                set("ready", "dbus", std::move(*value));
            }
        }
        drop("BusName");
        if (type.empty() || bus) {
            type = starts ? "simple" : "oneshot";
        }
        drop("Type");
        set("service", "type", {type, {}});
        if (!starts) {
            set("service", "exec-start", {Array{{std::string("/bin/true"), {}}}, {}});
        }
    }

    void adapt_stream(std::string_view name) {
        const std::string value = last("Service", name);
        if (value == "socket" || value.starts_with("fd")) {
            note(*find("Service", name), Loss::something,
                 "amphid passes no socket: the service must listen itself");
            drop(name);
        } else if (value == "data") {
            drop(name);
        }
    }

    void take(const Setting& setting) {
        bool taken = false;
        Config& shape = out_.config;
        for_each_table(shape, [&](std::string_view name, auto& fields) {
            for (const auto& key : keys_of(fields)) {
                if (taken || key.directive != setting.name || !is_in(name, setting)) {
                    continue;
                }
                taken = true;
                with_member(key.member, [&](auto field) {
                    if (auto value = values_.value_of(setting.lines, fields.*field)) {
                        set(name, key.name, std::move(*value));
                    }
                });
            }
        });
        if (!taken) {
            copy(setting);
        }
    }

    void copy(const Setting& setting) {
        ImportNote found = note_about(setting.section, setting.name, setting.lines.back().value);
        found.at = setting.lines.back().at;
        // Switching something off that is off by default changes nothing.
        if (found.loss == Loss::limits ? asks_for_nothing(found.loss, found.value)
                                       : parse_boolean(found.value) == false) {
            found.loss = Loss::nothing;
        }
        constexpr std::string_view not_for_units[] = {"GuessMainPID", "SourcePath"};
        found.copied = std::find(std::begin(not_for_units), std::end(not_for_units),
                                 setting.name) == std::end(not_for_units);
        if (found.copied) {
            Array lines;
            for (const UnitLine& line : setting.lines) {
                lines.push_back({line.value, line.at});
            }
            Value value = lines.size() == 1 ? lines.front() : Value{std::move(lines), found.at};
            Table& section = systemd_[std::string(table_of(setting.section))];
            section.push_back({setting.name, found.at, std::move(value)});
        }
        out_.notes.push_back(std::move(found));
    }

    void add_what_is_unsaid() {
        Table systemd;
        for (auto& [name, section] : systemd_) {
            systemd.push_back({name, {}, {std::move(section), {}}});
        }
        if (!systemd.empty()) {
            table(systemd_table) = std::move(systemd);
        }
        add_boot_directories();
        if (!source_.socket.empty() && !has_files_of(source_.socket)) {
            note_socket();
        }
        const std::string command = last("Service", "ExecStart");
        if (!source_.template_beside.empty() && does_nothing(command)) {
            out_.notes.push_back({{},
                                  "ExecStart",
                                  command,
                                  Loss::something,
                                  concat("a placeholder: the real services are the instances of ",
                                         source_.template_beside),
                                  false});
        }
    }

    void add_sockets(Table& root) {
        ImportedSockets imported = import_sockets(source_, values_);
        for (ImportNote& found : imported.notes) {
            out_.notes.push_back(std::move(found));
        }
        if (!imported.tables.empty()) {
            root.push_back({std::string(socket_table), {}, {std::move(imported.tables), {}}});
        }
    }

    bool has_files_of(const std::string& socket) const {
        return std::any_of(source_.files.begin(), source_.files.end(),
                           [&](const auto& file) { return file.socket == socket; });
    }

    void note_socket() {
        const bool needs = source_.is_per_connection ||
                           last("Unit", "Requires").find(source_.socket) != std::string::npos ||
                           find("Service", "Sockets") != nullptr;
        out_.notes.push_back({{},
                              "Sockets",
                              source_.socket,
                              needs ? Loss::something : Loss::nothing,
                              source_.is_per_connection
                                  ? "Accept=yes: amphid starts no instance for each connection"
                                  : "the service must listen itself",
                              false});
    }

    /// Directories that systemd-tmpfiles creates at boot are created before each start, with any
    /// owner.
    void add_boot_directories() {
        const std::string stem = source_.name.substr(0, source_.name.find_last_of('.'));
        const auto directories = boot_directories(source_.tmpfiles, stem, last("Service", "User"),
                                                  last("Service", "PIDFile"));
        Array commands;
        for (const BootDirectory& directory : directories) {
            Array words;
            for (const std::string& word :
                 {std::string("+/usr/bin/install"), std::string("-d"), "-m" + directory.mode,
                  "-o" + directory.user, "-g" + directory.group, directory.path}) {
                words.push_back({word, {}});
            }
            commands.push_back({std::move(words), {}});
        }
        if (commands.empty()) {
            return;
        }
        Table& service = table("service");
        const auto before = std::find_if(service.begin(), service.end(), [](const Member& member) {
            return member.key == "exec-start-pre";
        });
        if (before == service.end()) {
            set("service", "exec-start-pre", {std::move(commands), {}});
            return;
        }
        auto& hooks = std::get<Array>(before->value.data);
        hooks.insert(hooks.begin(), commands.begin(), commands.end());
    }

    const UnitSource& source_;
    ImportedUnit out_;
    ValueImporter values_;
    std::vector<Setting> settings_;
    std::vector<std::pair<std::string, Table>> tables_;
    std::map<std::string, Table> systemd_;
};

} // namespace

ImportedUnit import_unit(const UnitSource& source) {
    return Importer(source).run();
}

Loss loss_of(const std::vector<ImportNote>& notes) {
    Loss out = Loss::nothing;
    for (const ImportNote& note : notes) {
        out = std::max(out, note.loss);
    }
    return out;
}

} // namespace amphid
