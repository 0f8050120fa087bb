// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "report.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string_view>
#include <thread>

#include <sys/utsname.h>

namespace amphid {

namespace {

std::string fixed(double value, int decimals) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

std::string right(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string left(const std::string& text, std::size_t width) {
    return text + std::string(width - std::min(width, text.size()), ' ');
}

// The value of the first line that begins with `key`.
std::string value_in(const char* path, std::string_view key) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.rfind(key, 0) == 0) {
            const std::size_t begin = line.find_first_not_of(" \t:=\"", key.size());
            const std::size_t end = line.find_last_not_of("\" ");
            return begin == std::string::npos ? "" : line.substr(begin, end - begin + 1);
        }
    }
    return "";
}

std::string limit_text(const Limit& limit, const std::string& unit) {
    return "<= " +
           (limit.is_ratio ? fixed(limit.value, 2) + " x" : fixed(limit.value, 0) + " " + unit);
}

// The columns of numbers; what is not there is a dash.
std::string columns(const Figure& figure, const Row& row) {
    std::string text;
    for (const double share : {0.5, 0.1, 0.9}) {
        text += right(row.samples.empty() ? "-" : fixed(quantile(row.samples, share), 3), 10);
    }
    for (const double share : {0.5, 0.1}) {
        const std::optional<double> by_base = ratio(figure, row, share);
        text += right(by_base ? fixed(*by_base, 2) : "-", 9);
    }
    return text + right(std::to_string(row.samples.size()), 6);
}

std::string row_text(const Figure& figure, const Row& row) {
    std::string line = "  " + left(row.contender, 12) + columns(figure, row);
    if (const std::optional<bool> kept = keeps_limit(figure, row)) {
        line += "  " + limit_text(*figure.limit, figure.unit) + (*kept ? ": kept" : ": MISSED");
    }
    return line + (row.note.empty() ? "" : "  " + row.note) + "\n";
}

std::string figure_text(const Figure& figure) {
    const std::string by = figure.base.empty() ? "" : "/" + figure.base;
    std::string text = "\n" + figure.title + " (" + figure.unit + ")\n" + std::string(14, ' ');
    text += right("median", 10) + right("p10", 10) + right("p90", 10) + right(by, 9) +
            right(by.empty() ? "" : "by p10", 9) + right("n", 6) + "\n";
    for (const Row& row : figure.rows) {
        text += row_text(figure, row);
    }
    return text;
}

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            result += '\\';
        }
        result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return result + "\"";
}

std::string joined(const std::vector<std::string>& parts, const std::string& separator) {
    std::string text;
    for (const std::string& part : parts) {
        text += (text.empty() ? "" : separator) + part;
    }
    return text;
}

std::string row_json(const Figure& figure, const Row& row) {
    std::string text = "      {\"contender\": " + quoted(row.contender) +
                       ", \"samples\": " + std::to_string(row.samples.size());
    if (!row.samples.empty()) {
        text += ", \"median\": " + fixed(quantile(row.samples, 0.5), 4) +
                ", \"p10\": " + fixed(quantile(row.samples, 0.1), 4) +
                ", \"p90\": " + fixed(quantile(row.samples, 0.9), 4);
    }
    if (const std::optional<double> by_base = ratio(figure, row)) {
        text += ", \"ratio\": " + fixed(*by_base, 4);
    }
    if (const std::optional<bool> kept = keeps_limit(figure, row)) {
        text += ", \"limit\": " + fixed(figure.limit->value, 2) +
                ", \"kept\": " + (*kept ? "true" : "false");
    }
    return text + (row.note.empty() ? "" : ", \"note\": " + quoted(row.note)) + "}";
}

std::string figure_json(const Figure& figure) {
    std::vector<std::string> rows;
    for (const Row& row : figure.rows) {
        rows.push_back(row_json(figure, row));
    }
    return "    {\"figure\": " + quoted(figure.name) + ", \"title\": " + quoted(figure.title) +
           ", \"unit\": " + quoted(figure.unit) + ", \"base\": " + quoted(figure.base) +
           ", \"rows\": [\n" + joined(rows, ",\n") + "\n    ]}";
}

} // namespace

Circumstances describe_machine() {
    utsname name{};
    uname(&name);
    Circumstances here;
    here.machine = value_in("/proc/cpuinfo", "model name");
    here.machine += (here.machine.empty() ? "" : ", ") +
                    std::to_string(std::thread::hardware_concurrency()) + " CPUs, " + name.machine +
                    ", " + value_in("/proc/meminfo", "MemTotal") + " memory";
    here.kernel = std::string(name.sysname) + " " + name.release;
    here.system = value_in("/etc/os-release", "PRETTY_NAME");
    std::ifstream load("/proc/loadavg");
    load >> here.load;
    return here;
}

std::string text_report(const Circumstances& here, const std::vector<Contender>& contenders,
                        const std::vector<Figure>& figures) {
    std::vector<std::string> versions;
    for (const Contender& one : contenders) {
        versions.push_back(one.name + (one.version.empty() ? "" : " " + one.version));
    }
    std::string text = "machine:    " + here.machine + "\n";
    text += "system:     " + here.system + ", " + here.kernel + ", load " + here.load + "\n";
    text += "run as:     " + here.place + "\n";
    text += "contenders: " + joined(versions, ", ") + "\n";
    text += "rounds:     " + std::to_string(here.rounds) +
            ", contenders in turns, each round in a random order (seed " +
            std::to_string(here.seed) + ")\n";
    for (const Figure& figure : figures) {
        text += figure_text(figure);
    }
    return text;
}

std::string json_report(const Circumstances& here, const std::vector<Contender>& contenders,
                        const std::vector<Figure>& figures) {
    std::vector<std::string> versions;
    for (const Contender& one : contenders) {
        versions.push_back(quoted(one.name) + ": " + quoted(one.version));
    }
    std::vector<std::string> parts;
    for (const Figure& figure : figures) {
        parts.push_back(figure_json(figure));
    }
    return "{\n  \"machine\": " + quoted(here.machine) + ",\n  \"system\": " + quoted(here.system) +
           ",\n  \"kernel\": " + quoted(here.kernel) + ",\n  \"load\": " + quoted(here.load) +
           ",\n  \"place\": " + quoted(here.place) +
           ",\n  \"rounds\": " + std::to_string(here.rounds) +
           ",\n  \"seed\": " + std::to_string(here.seed) + ",\n  \"versions\": {" +
           joined(versions, ", ") + "},\n  \"figures\": [\n" + joined(parts, ",\n") + "\n  ]\n}\n";
}

std::vector<std::string> missed_limits(const std::vector<Figure>& figures) {
    std::vector<std::string> missed;
    for (const Figure& figure : figures) {
        bool judged = false;
        for (const Row& row : figure.rows) {
            const std::optional<bool> kept = keeps_limit(figure, row);
            judged = judged || kept.has_value();
            if (kept == false) {
                missed.push_back(row.contender + " misses a limit: " + figure.title + " " +
                                 limit_text(*figure.limit, figure.unit));
            }
        }
        if (figure.limit && !judged) {
            missed.push_back("amphid or its base was not measured: " + figure.title);
        }
    }
    return missed;
}

} // namespace amphid
