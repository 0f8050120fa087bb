// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/unit_file.h"

#include "base/signal_name.h"
#include "base/text.h"
#include "config/directive_names.h"
#include "config/rows.h"
#include "config/systemd_table.h"
#include "resolve/configuration_path.h"
#include "resolve/directive.h"
#include "resolve/socket_unit.h"

#include <algorithm>

namespace amphid {

namespace {

std::string with_margin(TimeSpan span) {
    return format_time_span(span.is_infinite() ? span : TimeSpan{span.usec + unit_margin.usec});
}

/// The value plus the margin, if both wait for the same event.
std::string ours_first(std::string_view directive, const std::string& value) {
    const auto span = directive.starts_with("Timeout") ? parse_time_span(value) : std::nullopt;
    return span ? with_margin(*span) : value;
}

/// amphid alone is told to stop, and stops the service in its own order; what it leaves running,
/// systemd must not kill afterwards.
std::string kill_mode_of(const Policy& policy) {
    const bool leaves_some = policy.kill_mode == KillMode::process ||
                             policy.kill_mode == KillMode::none || !policy.send_sigkill;
    return std::string(name_of(leaves_some ? KillMode::process : KillMode::mixed));
}

/// The service as named on the unit's command line; systemd inserts the instance.
std::string word_in_unit(const UnitFacts& facts) {
    return is_template(facts) ? concat(facts.file.stem, "%i") : exec_word(service_word(facts));
}

/// The label of its lines in the journal, amphid's own among them.
std::string label_of(const Config& config, const UnitFacts& facts) {
    const std::string& asked = config.service.syslog_identifier;
    if (asked.empty()) {
        return concat(facts.name, is_template(facts) ? "%i" : "");
    }
    return is_template(facts) ? asked : doubled_percent(asked);
}

/// Nobody passes systemd's signals and the service's messages on.
bool is_in_place(const Config& config) {
    return config.launcher.supervise == Supervise::never;
}

/// How systemd itself ends a service without a launcher.
bool ends_in_place(std::string_view directive) {
    constexpr std::string_view ends[] = {"FinalKillSignal", "RestartKillSignal", "SendSIGHUP",
                                         "SendSIGKILL", "TimeoutAbortSec"};
    return std::find(std::begin(ends), std::end(ends), directive) != std::end(ends);
}

/// The lines that every unit has: how amphid is started and stopped, and how it notifies.
struct OwnLine {
    std::string_view directive;
    std::string (*value)(const Config&, const UnitFacts&);
};

constexpr OwnLine own_lines[] = {
    // READY=1 comes when the service is ready according to its own type.
    {"Type", [](const Config&, const UnitFacts&) { return std::string("notify"); }},
    {"NotifyAccess",
     [](const Config& config, const UnitFacts&) {
         const NotifyAccess access = config.service.notify_access.value_or(NotifyAccess::main);
         return std::string(is_in_place(config) && access != NotifyAccess::none ? name_of(access)
                                                                                : "main");
     }},
    {"ExecStart",
     [](const Config& config, const UnitFacts& facts) {
         const bool insist = config.launcher.mode == ModeChoice::daemon;
         return concat(exec_word(facts.amphid), " start ", insist ? "--foreground " : "",
                       word_in_unit(facts));
     }},
    {"ExecReload",
     [](const Config&, const UnitFacts& facts) {
         return concat(exec_word(facts.amphid), " reload ", word_in_unit(facts));
     }},
    {"KillMode",
     [](const Config& config, const UnitFacts&) {
         return is_in_place(config) ? std::string(name_of(config.service.kill_mode))
                                    : kill_mode_of(policy_of(config.service, false));
     }},
    {"KillSignal",
     [](const Config& config, const UnitFacts&) {
         return is_in_place(config) ? signal_name(config.service.kill_signal.number)
                                    : std::string("SIGTERM");
     }},
    {"TimeoutStartSec",
     [](const Config& config, const UnitFacts&) {
         return with_margin(policy_of(config.service, false).timeout_start);
     }},
    {"TimeoutStopSec",
     [](const Config& config, const UnitFacts&) {
         const Policy policy = policy_of(config.service, false);
         return with_margin(sum(policy.drain, policy.timeout_stop));
     }},
    // Preserved: a start that fails because a daemon of this name is running must not remove that
    // daemon's lock.
    {"RuntimeDirectory",
     [](const Config&, const UnitFacts& facts) {
         return is_template(facts) ? concat("amphid/", facts.name, "%i")
                                   : exec_word(concat("amphid/", facts.name));
     }},
    {"RuntimeDirectoryPreserve",
     [](const Config&, const UnitFacts&) { return std::string("yes"); }},
    {"SyslogIdentifier", label_of},
};

/// Directories that systemd may create as well as amphid, as long as both give them to root;
/// systemd's sandbox keeps these writable. For another user amphid creates them: the unit has no
/// User=.
bool makes_directories(std::string_view directive) {
    constexpr std::string_view directories[] = {
        "RuntimeDirectory",       "StateDirectory",
        "CacheDirectory",         "LogsDirectory",
        "ConfigurationDirectory", "RuntimeDirectoryMode",
        "StateDirectoryMode",     "CacheDirectoryMode",
        "LogsDirectoryMode",      "ConfigurationDirectoryMode"};
    return std::find(std::begin(directories), std::end(directories), directive) !=
           std::end(directories);
}

/// Where a further line is not the same as further words.
bool has_a_line_each(std::string_view directive) {
    return directive.starts_with("Condition") || directive.starts_with("Assert") ||
           directive.starts_with("Restrict") || directive == "SystemCallFilter";
}

/// The sections of the unit, and the comment about what is left out.
class Writer {
public:
    Writer(const Config& config, const UnitFacts& facts) : config_(config), facts_(facts) {}

    void write_unit(const std::string& lines) { unit_ += lines; }

    void write_own() {
        for (const OwnLine& line : own_lines) {
            if (line.directive == "ExecReload" && !can_reload(config_.service)) {
                continue; // systemctl then reports that there is no reload
            }
            service_ += directive_line(line.directive, line.value(config_, facts_));
        }
        // It also orders the service after them.
        if (const std::string sockets = sockets_directive(config_, facts_); !sockets.empty()) {
            service_ += directive_line("Sockets", sockets);
        }
    }

    /// Sorts every key that the file sets by who applies it.
    void write_keys() {
        for (const TableRows& table : rows_of(config_)) {
            for (const KeyRow& row : table.keys) {
                if (row.line && !table.is_repeated) { // a socket has a unit of its own
                    write_key(table.name, row);
                }
            }
        }
    }

    void write_copied() {
        for (const SystemdSection& section : systemd_sections) {
            for (const Directive& directive : config_.systemd.*section.directives) {
                for (const std::string& value : directive.values) {
                    write_line(section_called(section.heading), directive.name, value);
                }
            }
        }
    }

    std::string text() const {
        const std::string applied =
            comments_.empty() ? "" : concat("\n# Applied by amphid:\n", comments_);
        return concat("\n[Unit]\n", unit_, "\n[Service]\n", service_, applied,
                      install_.empty() ? "" : concat("\n[Install]\n", install_));
    }

private:
    std::string& section_called(std::string_view heading) {
        return heading == "Unit" ? unit_ : heading == "Install" ? install_ : service_;
    }

    /// systemd.unit(5): the start limit is the unit's, not the service's.
    std::string& section_of(std::string_view table, std::string_view directive) {
        if (table == "unit" || directive.starts_with("StartLimit")) {
            return unit_;
        }
        return table == "install" ? install_ : service_;
    }

    void write_key(std::string_view table, const KeyRow& key) {
        const std::string_view directive = key.directive;
        const bool others =
            config_.origins.contains("service.user") || config_.origins.contains("service.group");
        const bool is_theirs = makes_directories(directive) // also beside our own: a list
                                   ? !others
                                   : is_in_place(config_) && ends_in_place(directive);
        if (is_theirs) {
            write_line(service_, directive, value_of(key));
        } else if (makes_directories(directive) || key.applies == Applies::amphid ||
                   directive.empty()) {
            comments_ += concat("#   [", table, "] ", key.name,
                                facts_.public_file ? concat(" = ", key.value) : "", '\n');
        } else if (has_a_line_each(directive)) {
            write_each(section_of(table, directive), directive, key.value);
        } else if (!unit_owns(directive)) {
            write_line(section_of(table, directive), directive,
                       ours_first(directive, value_of(key)));
        }
    }

    /// A line for each element.
    void write_each(std::string& section, std::string_view directive, std::string_view array) {
        const Percent percent = is_template(facts_) ? Percent::is_specifier : Percent::is_literal;
        for (const std::string& value : directive_values(array, percent)) {
            write_line(section, directive, value);
        }
    }

    std::string value_of(const KeyRow& key) const {
        return directive_value(key.value,
                               is_template(facts_) ? Percent::is_specifier : Percent::is_literal);
    }

    void write_line(std::string& section, std::string_view directive, std::string_view value) {
        const unsigned since = first_version_of(directive);
        if (facts_.systemd_version != 0 && since > facts_.systemd_version) {
            section += concat("# systemd ", facts_.systemd_version, " does not support ", directive,
                              "=, new in ", since, '\n');
            return;
        }
        section += directive_line(directive, value);
    }

    const Config& config_;
    const UnitFacts& facts_;
    std::string unit_;
    std::string service_;
    std::string comments_;
    std::string install_;
};

/// Description= where the file has none, and what every unit has in [Unit].
std::string unit_lines(const Config& config, const UnitFacts& facts, std::string_view words) {
    std::string out;
    if (!config.origins.contains("unit.description")) {
        out += directive_line("Description", concat(facts.name, " (", words, ')'));
    }
    if (!config.ready.dbus.text.empty()) { // Type=dbus implies them
        out += directive_line("Requires", "dbus.socket") + directive_line("After", "dbus.socket");
    }
    // With it systemd reports that a changed file needs a daemon-reload.
    return out + directive_line("SourcePath", directive_value(json_string(facts.file.path)));
}

} // namespace

std::string unit_head(const UnitFacts& facts) {
    return concat(generated_mark, printable(facts.file.path),
                  ": change that file, then run\n# `systemctl ",
                  facts.manager == Manager::user ? "--user " : "", "daemon-reload`.\n");
}

bool unit_owns(std::string_view directive) {
    return std::any_of(std::begin(own_lines), std::end(own_lines),
                       [&](const OwnLine& line) { return line.directive == directive; });
}

std::string service_word(const UnitFacts& facts) {
    const bool is_option = facts.file.stem.starts_with('-');
    const auto places = configuration_directories(Manager::system, Host());
    const bool by_name =
        facts.manager == Manager::system && !is_option &&
        std::any_of(places.begin(), places.end(), [&](const std::string& directory) {
            const std::string_view path = facts.file.path;
            return path.starts_with(directory + '/') &&
                   path.find('/', directory.size() + 1) == std::string_view::npos;
        });
    return by_name ? facts.file.stem : facts.file.path;
}

std::string unit_file(const Config& config, const UnitFacts& facts) {
    Writer writer(config, facts);
    writer.write_unit(unit_lines(config, facts, "amphid"));
    writer.write_own();
    writer.write_keys();
    writer.write_copied();
    return concat(unit_head(facts), writer.text());
}

std::string failing_unit_file(const UnitFacts& facts) {
    const Config nothing;
    Writer writer(nothing, facts);
    writer.write_unit(unit_lines(nothing, facts, "its configuration has mistakes"));
    writer.write_own();
    return concat(unit_head(facts), writer.text());
}

} // namespace amphid
