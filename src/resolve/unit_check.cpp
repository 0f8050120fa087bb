// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/unit_check.h"

#include "base/signal_name.h"
#include "base/text.h"
#include "config/rows.h"
#include "plan/file_names.h"
#include "resolve/directive.h"
#include "resolve/unit_text.h"

#include <algorithm>
#include <csignal>

namespace amphid {

namespace {

/// How the unit runs us.
struct Call {
    UnitLine line;
    bool direct = false; // not through a shell or another wrapper
    bool daemon = false;
    std::string service; // empty: unknown
};

std::string_view base_name(std::string_view path) {
    return path.substr(path.find_last_of('/') + 1);
}

std::optional<Call> find_call(const UnitText& unit, const Config& config) {
    for (const UnitLine& line : unit.all("Service", "ExecStart")) {
        const auto parsed = parse_command(line.value);
        const auto* command = std::get_if<Command>(&parsed);
        if (command == nullptr || line.value.find("amphid") == std::string::npos) {
            continue;
        }
        Call out{line, base_name(command->path) == "amphid", false, {}};
        bool foreground = line.value.find("--foreground") != std::string::npos;
        for (std::size_t i = 1; i < command->argv.size(); ++i) {
            const std::string& word = command->argv[i];
            foreground = foreground || (i == 1 && word == "run");
            if (out.direct && i > 1 && !word.starts_with('-')) {
                out.service = word;
            }
        }
        out.daemon = line.value.find("--daemon") != std::string::npos ||
                     (!foreground && config.launcher.mode == ModeChoice::daemon);
        return out;
    }
    return std::nullopt;
}

/// Checks one unit against one configuration, rule by rule.
class Checker {
public:
    Checker(std::string_view text, const Config& config, const UnitFacts& facts)
        : unit_(text), config_(config), facts_(facts), call_(find_call(unit_, config)),
          policy_(policy_of(config.service, false)) {}

    std::vector<Diagnostic> check() {
        if (!call_) {
            error(place_of("ExecStart"), "no ExecStart= of this unit runs amphid");
            return std::move(out_);
        }
        unit_runs_this_service();
        type_fits_the_mode();
        systemd_hears_amphid();
        amphid_hears_of_reloads();
        time_is_enough("TimeoutStartSec", "timeout-start-sec", policy_.timeout_start);
        time_is_enough("TimeoutStopSec", "timeout-stop-sec",
                       sum(policy_.drain, policy_.timeout_stop));
        if (config_.launcher.supervise != Supervise::never) {
            stop_reaches_amphid();
        }
        pid_file_is_amphids();
        runtime_directory_is_there();
        nothing_is_said_twice();
        return std::move(out_);
    }

private:
    void unit_runs_this_service() {
        const std::string& word = call_->service;
        const bool known = word.empty() || word.find('%') != std::string::npos ||
                           word == facts_.file.path || word == facts_.file.stem;
        if (!known) {
            error(call_->line.at, concat("this unit runs ", word, ", not ", facts_.file.path));
        }
    }

    void type_fits_the_mode() {
        const std::string type = value_of("Type", "simple");
        const Position at = place_of("Type");
        if (call_->daemon) {
            if (type != "forking") {
                error(at, concat("Type=", type,
                                 " does not work with --daemon, where the first process exits once "
                                 "the service is ready: use Type=forking, or drop --daemon"));
            }
        } else if (type == "forking") {
            error(at, "Type=forking waits for the first process to exit, but amphid stays in the "
                      "foreground: use Type=notify, or `start --daemon`");
        } else if (type == "oneshot" && config_.service.type != ServiceType::oneshot) {
            error(at, "Type=oneshot waits for the service to exit: use Type=notify");
        } else if (!is_notify(type) && config_.service.type != ServiceType::simple &&
                   config_.service.type != ServiceType::exec) {
            warning(at, concat("Type=", type,
                               " does not wait until the service is ready, although its type is '",
                               name_of(config_.service.type), "': use Type=notify"));
        }
    }

    void systemd_hears_amphid() {
        const bool notify = is_notify(value_of("Type", "simple"));
        const std::string access = value_of("NotifyAccess", notify ? "main" : "none");
        const Position at = place_of("NotifyAccess");
        if (notify && access == "none") {
            error(at, "NotifyAccess=none: systemd would never learn that the service is ready");
        } else if (notify && !call_->direct && access != "all") {
            error(place_of("NotifyAccess"),
                  "amphid is not the main process here, so NotifyAccess=all is needed; or have the "
                  "wrapper `exec amphid`");
        } else if (!notify && !call_->daemon && access == "none") {
            warning(at, "NotifyAccess=main is missing: systemd ignores status, reloads and "
                        "requests for more time");
        }
    }

    /// A signal that we pass on to a service that reloads on it and answers systemd itself.
    bool service_hears_of_reloads() const {
        const auto line = unit_.last("Service", "ReloadSignal");
        return line && config_.service.type == ServiceType::notify_reload &&
               reload_signal_of(config_.service).number == parse_signal(line->value);
    }

    /// systemd sends ReloadSignal= to us, and waits for RELOADING=1.
    void amphid_hears_of_reloads() {
        const auto line = unit_.last("Service", "ReloadSignal");
        const auto signal = line ? parse_signal(line->value) : std::nullopt;
        if (signal && *signal != SIGHUP && !service_hears_of_reloads() &&
            value_of("Type", "simple") == "notify-reload") {
            error(line->at, concat("ReloadSignal=", line->value,
                                   " would be forwarded to the service: amphid reloads on SIGHUP, "
                                   "and then sends `reload-signal` from its configuration"));
        }
    }

    void time_is_enough(std::string_view directive, std::string_view key, TimeSpan ours) {
        const auto line = unit_.last("Service", directive);
        const auto both = line ? line : unit_.last("Service", "TimeoutSec");
        const auto span = both ? parse_time_span(both->value) : std::nullopt;
        if (span && span->usec != 0 && *span < ours) {
            error(both->at, concat(both->name, '=', both->value, " is shorter than `", key,
                                   "` of the configuration, ", format_time_span(ours),
                                   ": systemd would kill amphid too early"));
        } else if (!both && ours > seconds(90)) {
            warning(place_of(directive),
                    concat(directive, "= is missing: its default of 1min 30s is shorter than `",
                           key, "` of the configuration, ", format_time_span(ours)));
        }
    }

    void stop_reaches_amphid() {
        const std::string mode = value_of("KillMode", "control-group");
        if (mode == "control-group") {
            warning(place_of("KillMode"),
                    "KillMode=mixed is missing: systemd would kill the service's processes at the "
                    "same time as amphid stops them in order");
        }
        const auto line = unit_.last("Service", "KillSignal");
        const auto signal = line ? parse_signal(line->value) : std::nullopt;
        if (signal && *signal != SIGTERM && *signal != SIGINT) {
            error(line->at, concat("KillSignal=", line->value,
                                   ": amphid forwards this signal to the service and does not "
                                   "stop; set `kill-signal` in the configuration instead"));
        }
    }

    void pid_file_is_amphids() {
        const auto line = unit_.last("Service", "PIDFile");
        const std::string& configured = config_.launcher.pid_file.text;
        const std::string ours =
            configured.empty() ? concat("/run/amphid/", facts_.name, '/', pid_name) : configured;
        if (line && line->value != ours && line->value.find('%') == std::string::npos) {
            error(line->at,
                  concat("PIDFile=", line->value, " is not the file that amphid writes, ", ours));
        }
    }

    void runtime_directory_is_there() {
        const auto user = unit_.last("Service", "User");
        const bool other = user && user->value != "root" && user->value != "0";
        const std::string list = unit_.joined("Service", "RuntimeDirectory");
        if (other && config_.launcher.runtime_directory.text.empty() &&
            list.find("amphid/") == std::string::npos) {
            error(user->at,
                  concat("User=", user->value,
                         " leaves no directory for amphid's files: RuntimeDirectory=amphid/",
                         facts_.name, " is missing"));
        }
    }

    void nothing_is_said_twice() {
        for (const TableRows& table : rows_of(config_)) {
            for (const KeyRow& row : table.keys) {
                if (row.line && !table.is_repeated && !row.directive.empty() &&
                    !unit_owns(row.directive)) {
                    compare(table.name, row);
                }
            }
        }
    }

    void compare(std::string_view table, const KeyRow& key) {
        const std::string_view directive = key.directive;
        const bool of_unit = table == "unit" || directive.starts_with("StartLimit");
        const std::string_view section = of_unit              ? "Unit"
                                         : table == "install" ? "Install"
                                                              : "Service";
        const auto line = unit_.last(section, directive);
        const std::string key_there =
            concat('`', key.name, "` in line ", *key.line, " of the configuration");
        if (key.applies == Applies::amphid) {
            if (line && !(directive == "ReloadSignal" && service_hears_of_reloads())) {
                error(line->at,
                      concat(directive, "= is set twice: ", key_there, " is applied by amphid"));
            }
        } else if (!line) {
            if (table == "service") {
                warning(unit_.place_of(section), concat(directive, "= is missing: ", key_there,
                                                        " must be applied by systemd here"));
            }
        } else if (table == "service" &&
                   !is_same(unit_.joined(section, directive), directive_value(key.value))) {
            warning(line->at, concat(directive, '=', line->value, " differs from ", key_there, ", ",
                                     key.value, ": this unit takes precedence"));
        }
    }

    static bool is_same(const std::string& a, const std::string& b) {
        const auto as_span = [](const std::string& text) { return parse_time_span(text); };
        return a == b || (as_span(a) && as_span(a) == as_span(b));
    }

    static bool is_notify(std::string_view type) {
        return type == "notify" || type == "notify-reload";
    }

    std::string value_of(std::string_view directive, std::string_view otherwise) const {
        const auto line = unit_.last("Service", directive);
        return line ? line->value : std::string(otherwise);
    }

    /// The position of the directive, or where it would have to be added.
    Position place_of(std::string_view directive) const {
        const auto line = unit_.last("Service", directive);
        return line ? line->at : unit_.place_of("Service");
    }

    void error(Position at, std::string message) {
        out_.push_back({Diagnostic::Severity::error, at, std::move(message)});
    }
    void warning(Position at, std::string message) {
        out_.push_back({Diagnostic::Severity::warning, at, std::move(message)});
    }

    UnitText unit_;
    const Config& config_;
    const UnitFacts& facts_;
    std::optional<Call> call_;
    Policy policy_;
    std::vector<Diagnostic> out_;
};

} // namespace

std::vector<Diagnostic> check_unit(std::string_view unit, const Config& config,
                                   const UnitFacts& facts) {
    return Checker(unit, config, facts).check();
}

} // namespace amphid
