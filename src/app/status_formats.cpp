// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/status_formats.h"

#include "base/roff.h"
#include "base/text.h"

#include <cstdint>
#include <iterator>
#include <optional>

namespace amphid {

namespace {

using Found = std::optional<std::string>;
enum class Kind { text, number, flag, pids };

/// A member of the document, declared only here.
struct Member {
    std::string_view name;
    Kind kind;
    bool always; // always present
    std::string_view sentence;
    Found (*value)(const ServiceStatus&); // as JSON
};

Found text_or_none(std::string_view text) {
    return text.empty() ? std::nullopt : Found(json_string(text));
}

template <class T>
Found number_or_none(T number) {
    return number == 0 ? std::nullopt : Found(concat(number));
}

Found number_or_none(const std::optional<std::uint64_t>& number) {
    return number ? Found(concat(*number)) : std::nullopt;
}

Found flag(bool value) {
    return value ? "true" : "false";
}

/// From "12, 13".
Found pids_or_none(const std::string& list) {
    return list.empty() ? std::nullopt : Found(concat('[', list, ']'));
}

template <NamedEnum E>
Found word(E value) {
    return json_string(name_of(value));
}

constexpr Member members[] = {
    {"version", Kind::number, true, "The version of this document, 1.",
     [](const ServiceStatus&) { return Found(concat(status_version)); }},
    {"name", Kind::text, true, "The name of the service.",
     [](const ServiceStatus& s) { return Found(json_string(s.state.name)); }},
    {"description", Kind::text, false, "Its description.",
     [](const ServiceStatus& s) { return text_or_none(s.description); }},
    {"config", Kind::text, false, "The configuration file.",
     [](const ServiceStatus& s) { return text_or_none(s.state.config); }},
    {"status-code", Kind::number, true,
     "The exit status of amphid status: 0 running and ready, 1 dead but its PID file exists, 3 not "
     "running or not ready, 4 unknown.",
     [](const ServiceStatus& s) { return Found(concat(static_cast<int>(s.code))); }},
    {"state", Kind::text, true,
     "The state, in systemd's terms: dead, condition, start-pre, start, start-post, running, "
     "exited, "
     "reload, reload-signal, reload-notify, stop, stop-watchdog, stop-sigterm, stop-sigkill, "
     "stop-post, final-sigterm, final-sigkill, auto-restart or failed.",
     [](const ServiceStatus& s) { return word(s.state.state); }},
    {"ready", Kind::flag, true, "Whether it is ready.",
     [](const ServiceStatus& s) { return flag(s.code == StatusCode::running); }},
    {"suspended", Kind::text, false,
     "Why a process of it does not execute although it is alive: stopped by a signal, or frozen.",
     [](const ServiceStatus& s) { return text_or_none(s.suspended); }},
    {"launcher-alive", Kind::flag, true,
     "Whether its launcher is running. A service can outlive a launcher that was killed.",
     [](const ServiceStatus& s) { return flag(s.launcher_lives); }},
    {"result", Kind::text, true,
     "The result of the last run, in systemd's terms: success, resources, protocol, timeout, "
     "exit-code, signal, core-dump, watchdog, start-limit-hit or exec-condition.",
     [](const ServiceStatus& s) { return word(s.state.result); }},
    {"mode", Kind::text, false, "daemon or foreground.",
     [](const ServiceStatus& s) { return s.lives() ? word(s.state.mode) : std::nullopt; }},
    {"unit", Kind::text, false, "The systemd unit that runs it.",
     [](const ServiceStatus& s) { return text_or_none(s.state.unit); }},
    {"launcher-pid", Kind::number, false, "The PID of the launcher.",
     [](const ServiceStatus& s) {
         return number_or_none(s.launcher_lives ? s.state.launcher.pid : 0);
     }},
    {"main-pid", Kind::number, false, "The PID of the main process.",
     [](const ServiceStatus& s) { return number_or_none(s.main_lives ? s.state.main.pid : 0); }},
    {"main-command", Kind::text, false, "The command line of the main process.",
     [](const ServiceStatus& s) { return text_or_none(s.main_command); }},
    {"control-pid", Kind::number, false, "The PID of the control process.",
     [](const ServiceStatus& s) {
         return number_or_none(s.launcher_lives ? s.state.control.pid : 0);
     }},
    {"pid-file", Kind::text, false, "Its PID file, if it exists.",
     [](const ServiceStatus& s) {
         return s.pid_file ? text_or_none(s.state.pid_file) : std::nullopt;
     }},
    {"since-usec", Kind::number, false,
     "When the state was entered, in microseconds since 1970-01-01 UTC, like all times here.",
     [](const ServiceStatus& s) { return number_or_none(s.state.since_usec); }},
    {"ready-usec", Kind::number, false, "When it became ready.",
     [](const ServiceStatus& s) { return number_or_none(s.state.ready_usec); }},
    {"restarts", Kind::number, true, "How often it was restarted automatically.",
     [](const ServiceStatus& s) { return Found(concat(s.state.restarts)); }},
    {"next-restart-usec", Kind::number, false,
     "In the state auto-restart, when it will be started again.",
     [](const ServiceStatus& s) { return number_or_none(s.state.next_restart_usec); }},
    {"failure", Kind::text, false, "The reason of the last failure, as a sentence.",
     [](const ServiceStatus& s) { return text_or_none(s.state.failure); }},
    {"failure-usec", Kind::number, false, "When it last failed.",
     [](const ServiceStatus& s) { return number_or_none(s.state.failure_usec); }},
    {"exit-kind", Kind::text, false,
     "How the main process last exited: exited, killed, dumped, exec-failed or unknown.",
     [](const ServiceStatus& s) { return text_or_none(name_of(s.state.exit.kind)); }},
    {"exit-status", Kind::number, false,
     "Its exit code, signal number, or the errno of the failed step.",
     [](const ServiceStatus& s) {
         return s.state.exit.kind == ExitKind::none ? std::nullopt
                                                    : Found(concat(s.state.exit.status));
     }},
    {"exit-stage", Kind::text, false,
     "For exec-failed, the step that failed, as in systemd.exec(5): CHDIR, EXEC, USER...",
     [](const ServiceStatus& s) { return text_or_none(name_of(s.state.exit.stage)); }},
    {"waiting-for", Kind::text, false, "What the start is waiting for.",
     [](const ServiceStatus& s) { return text_or_none(s.state.waiting_for); }},
    {"ready-by", Kind::text, false, "The conditions of [ready] that hold, with their evidence.",
     [](const ServiceStatus& s) { return text_or_none(s.state.met); }},
    {"status-text", Kind::text, false, "The STATUS= that the service sent.",
     [](const ServiceStatus& s) { return text_or_none(s.state.status_text); }},
    {"status-errno", Kind::number, false, "The ERRNO= that it sent.",
     [](const ServiceStatus& s) { return number_or_none(s.state.status_errno); }},
    {"status-bus-error", Kind::text, false, "The BUSERROR= that it sent.",
     [](const ServiceStatus& s) { return text_or_none(s.state.status_bus_error); }},
    {"ailment", Kind::text, false, "The last finding of the watchdog or [health].",
     [](const ServiceStatus& s) { return text_or_none(s.state.ailment); }},
    {"reload-refusal", Kind::text, false, "Why the last reload was refused.",
     [](const ServiceStatus& s) { return text_or_none(s.state.reload.refusal); }},
    {"invocation-id", Kind::text, false, "The INVOCATION_ID of this run, for journalctl(1).",
     [](const ServiceStatus& s) { return text_or_none(s.state.invocation_id); }},
    {"tasks", Kind::number, false, "The number of threads in its processes.",
     [](const ServiceStatus& s) { return number_or_none(s.usage.tasks); }},
    {"memory-bytes", Kind::number, false, "Their memory usage.",
     [](const ServiceStatus& s) { return number_or_none(s.usage.memory_bytes); }},
    {"cpu-usec", Kind::number, false, "Their CPU time.",
     [](const ServiceStatus& s) { return number_or_none(s.usage.cpu_usec); }},
    {"survivors", Kind::pids, false, "PIDs that survived SIGKILL.",
     [](const ServiceStatus& s) { return pids_or_none(s.survivors); }},
    {"left-running", Kind::pids, false, "PIDs that the last stop left running on purpose.",
     [](const ServiceStatus& s) { return pids_or_none(s.state.left_running); }},
    {"sandbox", Kind::text, false, "How many keys and filters confine it.",
     [](const ServiceStatus& s) { return text_or_none(s.launcher_lives ? s.state.sandbox : ""); }},
    {"not-applied", Kind::text, false,
     "Settings that could not be applied: lowered limits, sandboxing outside systemd.",
     [](const ServiceStatus& s) {
         return text_or_none(s.launcher_lives ? s.state.concessions : "");
     }},
};

std::string_view schema_of(Kind kind) {
    switch (kind) {
    case Kind::text:
        return R"("type": "string")";
    case Kind::number:
        return R"("type": "integer", "minimum": 0)";
    case Kind::flag:
        return R"("type": "boolean")";
    case Kind::pids:
        return R"("type": "array", "items": {"type": "integer", "minimum": 1})";
    }
    return {};
}

std::string_view word_of(Kind kind) {
    constexpr std::string_view words[] = {"string", "integer", "boolean", "array of integers"};
    return words[static_cast<std::size_t>(kind)];
}

/// A label's value in Prometheus' text format.
std::string label_value(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c == '\n' ? "\\n" : c == '"' || c == '\\' ? concat('\\', c) : std::string(1, c);
    }
    return out;
}

/// Millionths, with a point.
std::string seconds_text(std::uint64_t usec) {
    std::string fraction = concat(usec % 1'000'000 + 1'000'000).substr(1);
    return concat(usec / 1'000'000, '.', fraction);
}

struct Metric {
    std::string_view name;
    std::string_view type;
    std::string_view help;
    Found (*value)(const ServiceStatus&);
};

constexpr Metric metrics[] = {
    {"amphid_service_ready", "gauge", "Whether the service is running and ready.",
     [](const ServiceStatus& s) { return Found(s.code == StatusCode::running ? "1" : "0"); }},
    {"amphid_service_failed", "gauge", "Whether the service has failed.",
     [](const ServiceStatus& s) {
         return Found(s.state.state == ServiceState::failed ? "1" : "0");
     }},
    {"amphid_service_restarts_total", "counter",
     "How often the service was restarted automatically.",
     [](const ServiceStatus& s) { return Found(concat(s.state.restarts)); }},
    {"amphid_service_ready_time_seconds", "gauge", "When the service became ready.",
     [](const ServiceStatus& s) {
         return s.state.ready_usec == 0 ? std::nullopt : Found(seconds_text(s.state.ready_usec));
     }},
    {"amphid_service_tasks", "gauge", "Threads of the service.",
     [](const ServiceStatus& s) { return number_or_none(s.usage.tasks); }},
    {"amphid_service_memory_bytes", "gauge", "Memory that the service uses.",
     [](const ServiceStatus& s) { return number_or_none(s.usage.memory_bytes); }},
    {"amphid_service_cpu_seconds_total", "counter", "CPU time that the service has used.",
     [](const ServiceStatus& s) {
         return s.usage.cpu_usec ? Found(seconds_text(*s.usage.cpu_usec)) : std::nullopt;
     }},
};

} // namespace

std::string status_json(const ServiceStatus& status) {
    std::string out;
    for (const Member& member : members) {
        if (const Found value = member.value(status)) {
            out += concat(out.empty() ? '{' : ',', json_string(member.name), ':', *value);
        }
    }
    return out + '}';
}

std::string status_json_schema() {
    std::string properties;
    std::string required;
    for (const Member& member : members) {
        properties += concat(properties.empty() ? "" : ",\n", "    ", json_string(member.name),
                             ": {", schema_of(member.kind),
                             ", \"description\": ", json_string(member.sentence), '}');
        if (member.always) {
            required += concat(required.empty() ? "" : ", ", json_string(member.name));
        }
    }
    return concat("{\n"
                  "  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                  "  \"title\": \"A line of amphid status --json\",\n"
                  "  \"type\": \"object\",\n"
                  "  \"required\": [",
                  required, "],\n  \"properties\": {\n", properties, "\n  }\n}\n");
}

std::string status_man(std::string_view version) {
    std::string out =
        concat(roff_title("AMPHID-STATUS", 5, version, "File formats"),
               ".SH NAME\n"
               "amphid\\-status \\- machine-readable output of amphid status\n"
               ".SH SYNOPSIS\n"
               ".B amphid status \\-\\-json\n"
               ".RI [ SERVICE ...]\n"
               ".br\n"
               ".B amphid status \\-\\-metrics\n"
               ".RI [ SERVICE ...]\n"
               ".SH JSON\n"
               ".B amphid status \\-\\-json\n"
               "prints one JSON object per line, one for each service. A member that does not "
               "apply or is\n"
               "not known is absent. New members may be added at any time: ignore those that you\n"
               "do not know. The member\n"
               ".B version\n"
               "changes when a member is removed or changes its meaning.\n"
               "A JSON Schema is printed by\n"
               ".BR \"amphid reference \\-\\-format=status\\-schema\" .\n");
    for (const Member& member : members) {
        out +=
            concat(".TP\n.B ", roff_text(member.name), "\n(", word_of(member.kind),
                   member.always ? ", always present) " : ") ", roff_text(member.sentence), '\n');
    }
    out += ".SH METRICS\n"
           ".B amphid status \\-\\-metrics\n"
           "prints all services, or the given ones, in the text format of Prometheus, for the\n"
           "textfile collector of node_exporter. Each metric has the label\n"
           ".BR name .\n";
    for (const Metric& metric : metrics) {
        out += concat(".TP\n.B ", roff_text(metric.name), "\n(", metric.type, ") ",
                      roff_text(metric.help), '\n');
    }
    return concat(out,
                  ".SH EXAMPLES\n"
                  "The PID of the main process:\n"
                  ".PP\n"
                  ".EX\n"
                  "amphid status \\-\\-json web | jq \\(aq.\\[dq]main\\-pid\\[dq]\\(aq\n"
                  ".EE\n"
                  ".PP\n"
                  "Metrics for node_exporter, from cron or a timer:\n"
                  ".PP\n"
                  ".EX\n"
                  "amphid status \\-\\-metrics >/var/lib/node_exporter/amphid.prom.new &&\n"
                  "  mv /var/lib/node_exporter/amphid.prom.new /var/lib/node_exporter/amphid.prom\n"
                  ".EE\n"
                  ".SH ENVIRONMENT\n"
                  "Services are found as described in\n"
                  ".BR amphid (1).\n"
                  "Neither output depends on the locale or on the terminal.\n"
                  ".SH FILES\n"
                  ".TP\n"
                  ".I /usr/share/amphid/status.schema.json\n"
                  "The JSON Schema of an object of\n"
                  ".BR \\-\\-json .\n"
                  ".TP\n"
                  ".I /run/amphid/NAME/state\n"
                  "Where\n"
                  ".B amphid status\n"
                  "gets the state from. Its format is private and changes between versions.\n"
                  ".SH EXIT STATUS\n"
                  "That of\n"
                  ".BR \"amphid status\" ,\n"
                  "see\n"
                  ".BR amphid (1).\n"
                  ".SH SEE ALSO\n"
                  ".BR amphid (1),\n"
                  ".BR amphid.toml (5)\n");
}

std::string status_metrics(const std::vector<ServiceStatus>& statuses) {
    std::string out;
    for (const Metric& metric : metrics) {
        out += concat("# HELP ", metric.name, ' ', metric.help, "\n# TYPE ", metric.name, ' ',
                      metric.type, '\n');
        for (const ServiceStatus& status : statuses) {
            if (const Found value = metric.value(status)) {
                out += concat(metric.name, "{name=\"", label_value(status.state.name), "\"} ",
                              *value, '\n');
            }
        }
    }
    return out;
}

} // namespace amphid
