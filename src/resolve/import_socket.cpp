// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/import_socket.h"

#include "base/text.h"
#include "config/schema.h"
#include "resolve/sockets.h"

#include <algorithm>

namespace amphid {

namespace {

constexpr std::string_view section = "Socket";

/// Without a key, and nothing is missed: other keys or systemd's own ways stand for them.
constexpr std::string_view of_no_use[] = {"Accept",
                                          "Service",
                                          "MaxConnections",
                                          "MaxConnectionsPerSource",
                                          "TriggerLimitBurst",
                                          "TriggerLimitIntervalSec",
                                          "PollLimitBurst",
                                          "PollLimitIntervalSec",
                                          "TimeoutSec",
                                          "FlushPending",
                                          "DeferTrigger",
                                          "DeferTriggerMaxSec"};

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// The names of directives, each once.
std::vector<std::string> names_in_section(const UnitText& unit) {
    std::vector<std::string> out;
    for (const UnitLine& line : unit.lines()) {
        if (line.section == section && std::find(out.begin(), out.end(), line.name) == out.end()) {
            out.push_back(line.name);
        }
    }
    return out;
}

struct ImportedSocket {
    Table table;
    std::vector<ImportNote> notes;
};

/// systemd's default is the name of the socket unit, ours that of the service.
void name_descriptors(Table& table, const UnitSource& source, const std::string& socket) {
    const std::string stem = source.name.substr(0, source.name.find_last_of('.'));
    const bool is_set = std::any_of(table.begin(), table.end(), [](const Member& member) {
        return member.key == "file-descriptor-name";
    });
    if (!is_set && socket != default_socket_name(stem)) {
        table.push_back({"file-descriptor-name", {}, {socket, {}}});
    }
}

class SocketImporter {
public:
    SocketImporter(const UnitSource& source, const std::string& socket, ValueImporter& values)
        : values_(values) {
        for (std::size_t i = 0; i < source.files.size(); ++i) {
            if (source.files[i].socket == socket) {
                unit_.add(source.files[i].text, static_cast<int>(i));
            }
        }
    }

    ImportedSocket run() {
        const auto accept = unit_.last(section, "Accept");
        if (accept && parse_boolean(accept->value) == true) {
            note(*accept, Loss::something, "amphid starts no instance for each connection");
            return std::move(out_);
        }
        for (const std::string& name : names_in_section(unit_)) {
            take(name);
        }
        const auto listens = [](const Member& member) { return member.key.starts_with("listen-"); };
        if (std::none_of(out_.table.begin(), out_.table.end(), listens)) {
            out_.table.clear();
        }
        return std::move(out_);
    }

private:
    void note(const UnitLine& line, Loss loss, std::string why) {
        out_.notes.push_back({line.at, line.name, line.value, loss, std::move(why), false});
    }

    /// Addresses that amphid does not know are left out.
    std::vector<UnitLine> lines_of(const std::string& name) {
        std::vector<UnitLine> out;
        for (UnitLine& line : unit_.all(section, name)) {
            const bool has_specifier = line.value.find('%') != std::string::npos;
            const auto parsed = parse_socket_address(line.value);
            const auto* wrong = std::get_if<std::string>(&parsed);
            if (name.starts_with("Listen") && name != "ListenFIFO" && wrong != nullptr &&
                !has_specifier) {
                note(line, Loss::something, concat("the service does not get it: ", *wrong));
            } else {
                out.push_back(std::move(line));
            }
        }
        return out;
    }

    void take(const std::string& name) {
        const SocketTable shape;
        for (const auto& key : keys_of(shape)) {
            if (key.directive != name) {
                continue;
            }
            const std::vector<UnitLine> lines = lines_of(name);
            with_member(key.member, [&](auto field) {
                auto value = lines.empty() ? std::nullopt : values_.value_of(lines, shape.*field);
                if (value) {
                    out_.table.push_back({std::string(key.name), value->at, std::move(*value)});
                }
            });
            return;
        }
        const auto line = unit_.last(section, name);
        if (line && !is_one_of(name, of_no_use) && parse_boolean(line->value) != false) {
            note(*line, Loss::something,
                 name.starts_with("Listen") ? "amphid does not listen on such an address"
                 : name.starts_with("Exec") ? "amphid runs no commands for a socket"
                                            : "[[socket]] has no such key");
        }
    }

    ValueImporter& values_;
    UnitText unit_;
    ImportedSocket out_;
};

} // namespace

std::vector<std::string> sockets_needed(const UnitText& service, std::string_view stem) {
    const auto input = service.last("Service", "StandardInput");
    if (input && input->value == "socket") {
        return {}; // it must listen itself, for which nobody else may
    }
    std::vector<std::string> out;
    const auto add_words = [&](const std::string& list, auto wanted) {
        for (const std::string_view word : split(list, ' ')) {
            if (wanted(word) && std::find(out.begin(), out.end(), word) == out.end()) {
                out.emplace_back(word);
            }
        }
    };
    const std::string own = concat(stem, ".socket");
    for (const std::string_view name : {"Requires", "Requisite", "BindsTo", "Wants"}) {
        add_words(service.joined("Unit", name), [&](std::string_view word) { return word == own; });
    }
    add_words(service.joined("Service", "Sockets"),
              [](std::string_view word) { return word.ends_with(".socket"); });
    return out;
}

ImportedSockets import_sockets(const UnitSource& source, ValueImporter& values) {
    ImportedSockets out;
    std::string before;
    for (const UnitSource::File& file : source.files) {
        if (file.socket.empty() || file.socket == before) {
            continue; // of the service, or a drop-in
        }
        before = file.socket;
        ImportedSocket imported = SocketImporter(source, file.socket, values).run();
        for (ImportNote& note : imported.notes) {
            out.notes.push_back(std::move(note));
        }
        if (!imported.table.empty()) {
            name_descriptors(imported.table, source, file.socket);
            out.tables.push_back({std::move(imported.table), {}});
        }
    }
    return out;
}

} // namespace amphid
