// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/status_text.h"

#include "base/text.h"
#include "base/time_span.h"

#include <algorithm>
#include <cstdint>
#include <ctime>

namespace amphid {

namespace {

enum class Tone { ready, moving, failed, resting };

Tone tone_of(const ServiceStatus& status) {
    if (status.code == StatusCode::running) {
        return status.launcher_lives || !status.supervised ? Tone::ready : Tone::moving;
    }
    const bool failed = status.state.state == ServiceState::failed || !status.readable ||
                        status.code == StatusCode::dead_with_pid_file;
    return failed ? Tone::failed : status.launcher_lives ? Tone::moving : Tone::resting;
}

std::string coloured(std::string_view text, Tone tone, const Look& look) {
    constexpr std::string_view colours[] = {"\033[1;32m", "\033[1;33m", "\033[1;31m", "\033[0m"};
    return look.colour ? concat(colours[static_cast<std::size_t>(tone)], text, "\033[0m")
                       : std::string(text);
}

std::string dot_of(Tone tone, const Look& look) {
    constexpr std::string_view dots[] = {"●", "●", "×", "○"};
    const std::string_view dot = look.unicode ? dots[static_cast<std::size_t>(tone)] : "*";
    return coloured(dot, tone, look);
}

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

/// At most so many columns; 0: all of them.
std::string cut(std::string text, std::size_t columns, const Look& look) {
    if (columns == 0 || columns_of(text) <= columns) {
        return text;
    }
    const std::string_view mark = look.unicode ? "…" : "...";
    const std::size_t kept = columns - std::min(columns, columns_of(mark));
    std::size_t at = 0;
    for (std::size_t i = 0; i < kept; ++i) {
        at += utf8_length(std::string_view(text).substr(at));
    }
    return concat(text.substr(0, at), mark);
}

std::string time_text(std::uint64_t usec) {
    const auto seconds = static_cast<std::time_t>(usec / 1'000'000);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    char text[64];
    return {text, std::strftime(text, sizeof text, "%a %Y-%m-%d %H:%M:%S %Z", &local)};
}

/// The two largest units, as systemd rounds: "3min 5s", "2h 10min".
std::string rounded_span(std::uint64_t usec) {
    constexpr std::uint64_t second = 1'000'000;
    constexpr std::uint64_t hour = 3600 * second;
    const std::uint64_t unit = usec >= 24 * hour ? hour
                               : usec >= hour    ? 60 * second
                               : usec >= second  ? second
                                                 : 1000;
    const std::uint64_t whole = usec / unit * unit;
    return format_time_span(microseconds(static_cast<std::int64_t>(whole)));
}

/// Milliseconds below a minute, as systemctl(1).
std::string cpu_text(std::uint64_t usec) {
    return usec >= 60'000'000 || usec < 1'000'000
               ? rounded_span(usec)
               : concat(usec / 1'000'000, '.', concat(usec % 1'000'000 / 1000 + 1000).substr(1),
                        's');
}

std::string ago(std::uint64_t usec, const Look& look) {
    return usec > look.now_usec ? std::string("just now")
                                : concat(rounded_span(look.now_usec - usec), " ago");
}

std::string since(std::uint64_t usec, const Look& look) {
    return usec == 0 ? std::string() : concat(" since ", time_text(usec), "; ", ago(usec, look));
}

std::string size_text(std::uint64_t bytes) {
    constexpr std::string_view units = "KMGT";
    if (bytes < 1024) {
        return concat(bytes, 'B');
    }
    std::size_t unit = 0;
    std::uint64_t tenths = bytes * 10 / 1024;
    while (tenths >= 10240 && unit + 1 < units.size()) {
        tenths /= 1024;
        ++unit;
    }
    return concat(tenths / 10, '.', tenths % 10, units[unit]);
}

/// When the current state began.
std::uint64_t since_usec(const State& state) {
    return state.state == ServiceState::running && state.ready_usec != 0 ? state.ready_usec
                                                                         : state.since_usec;
}

std::string state_word(const ServiceStatus& status) {
    if (!status.readable) {
        return "unknown, its state file cannot be read or trusted";
    }
    if (status.stateless) {
        return "unknown, its launcher is alive, but its state file is missing, out of date or "
               "cannot be read";
    }
    if (!status.known && status.state.config.empty()) {
        return "unknown, it has neither a configuration nor a state file";
    }
    if (!status.launcher_lives && status.main_lives && status.supervised) {
        return "running without its launcher, which was killed";
    }
    return std::string(name_of(status.state.state));
}

std::string active_line(const ServiceStatus& status, const Look& look) {
    const State& state = status.state;
    std::string out = coloured(state_word(status), tone_of(status), look);
    const bool orphaned = !status.launcher_lives && status.main_lives && status.supervised;
    if (status.readable && status.known && !status.stateless && !orphaned) {
        if (state.state == ServiceState::failed || state.state == ServiceState::auto_restart) {
            out += concat(" (", name_of(state.result), ')');
        }
        out += since(since_usec(state), look);
    }
    if (!status.suspended.empty()) {
        out += concat(", but ", printable(status.suspended));
    }
    const bool waits = status.launcher_lives && state.ready_usec == 0 && !state.waiting_for.empty();
    return waits ? concat(out, ", waiting for ", printable(state.waiting_for)) : out;
}

class Page {
public:
    explicit Page(const Look& look) : look_(look) {}

    void line(std::string_view label, std::string_view text) {
        if (!text.empty()) {
            add(label, cut(printable(text), room(), look_));
        }
    }

    /// `text` may have colours, and is shown as it is.
    void add(std::string_view label, std::string_view text) {
        const std::size_t before = label.size() < label_width ? label_width - label.size() : 0;
        out_ += concat(std::string(before, ' '), label, ": ", text, '\n');
    }

    /// Wraps text that must not be cut off.
    void whole(std::string_view label, std::string_view text) {
        const std::string shown = printable(text);
        std::string line;
        bool first = true;
        const auto flush = [&] {
            if (first) {
                add(label, line);
            } else {
                out_ += concat(std::string(label_width + 2, ' '), line, '\n');
            }
            first = false;
            line.clear();
        };
        for (const std::string_view word : split(shown, ' ')) {
            const std::size_t columns = columns_of(line) + 1 + columns_of(word);
            if (!line.empty() && room() > 0 && columns > room()) {
                flush();
            }
            line += concat(line.empty() ? "" : " ", word);
        }
        if (!text.empty()) {
            flush();
        }
    }

    std::string take() { return std::move(out_); }

    void raw(std::string_view text) { out_ += text; }

private:
    static constexpr std::size_t label_width = 11;

    std::size_t room() const {
        return look_.width > label_width + 10 ? look_.width - label_width - 2 : look_.width;
    }

    const Look& look_;
    std::string out_;
};

std::string failure_text(const State& state, const Look& look) {
    std::string text = state.failure;
    const std::string own = concat(state.name, ": ");
    if (text.starts_with(own)) {
        text.erase(0, own.size()); // the page is about this service anyway
    }
    return text.empty() || state.failure_usec == 0
               ? text
               : concat(text, ", ", ago(state.failure_usec, look));
}

std::string next_restart_text(const State& state, const Look& look) {
    if (state.next_restart_usec == 0) {
        return {};
    }
    return state.next_restart_usec <= look.now_usec
               ? std::string("now")
               : concat("in ", rounded_span(state.next_restart_usec - look.now_usec), ", at ",
                        time_text(state.next_restart_usec));
}

void add_processes(const ServiceStatus& status, Page& page) {
    const State& state = status.state;
    if (status.launcher_lives) {
        page.line("Unit", state.unit);
        page.line("Launcher", concat(state.launcher.pid, " (", name_of(state.mode), " mode)"));
    }
    if (!status.supervised) {
        page.line("Unit", state.unit);
        page.line("Launcher", "none, not supervised (supervise = \"never\")");
    }
    if (status.main_lives) {
        page.line("Main PID", concat(state.main.pid, status.main_command.empty()
                                                         ? ""
                                                         : concat(" (", status.main_command, ')')));
    }
    if (!status.lives() || status.usage.tasks == std::uint64_t{0}) {
        return;
    }
    const Usage& usage = status.usage;
    page.line("Tasks", usage.tasks ? concat(*usage.tasks) : "");
    page.line("Memory", usage.memory_bytes ? size_text(*usage.memory_bytes) : "");
    page.line("CPU", usage.cpu_usec ? cpu_text(*usage.cpu_usec) : "");
}

} // namespace

std::string status_text(const ServiceStatus& status, const Look& look) {
    const State& state = status.state;
    Page page(look);
    page.raw(concat(dot_of(tone_of(status), look), ' ', state.name,
                    status.description.empty() ? "" : " - ", printable(status.description), '\n'));
    page.line("Loaded", state.config.empty() || status.file_note.empty()
                            ? state.config
                            : concat(state.config, " (", status.file_note, ')'));
    page.add("Active", active_line(status, look));
    add_processes(status, page);
    if (status.main_lives) {
        page.whole("Status", state.status_text);
        page.whole("Ready by", state.met);
        page.whole("Unhealthy", state.ailment);
    }
    if (status.launcher_lives) {
        page.line("Sandbox", state.sandbox);
        page.whole("Warning", state.concessions);
    }
    page.line("Errno", errno_text(state.status_errno));
    page.line("Bus error", state.status_bus_error);
    page.line("Restarts", state.restarts == 0 ? "" : concat(state.restarts));
    page.whole("Failure", failure_text(state, look));
    page.line("Next start", next_restart_text(state, look));
    page.line("Survived", status.survivors.empty() ? "" : concat("PID ", status.survivors));
    page.line("PID file", status.pid_file ? state.pid_file : "");
    if (!status.output.empty()) {
        page.raw("\n");
        for (const std::string& line : status.output) {
            page.raw(concat(cut(printable(line), look.width, look), '\n'));
        }
    }
    return page.take();
}

std::string status_table(std::vector<ServiceStatus> statuses, const Look& look) {
    std::stable_sort(statuses.begin(), statuses.end(),
                     [](const ServiceStatus& a, const ServiceStatus& b) {
                         return (tone_of(a) == Tone::failed) > (tone_of(b) == Tone::failed);
                     });
    using Row = std::vector<std::string>;
    std::vector<Row> rows{{"NAME", "STATE", "SINCE", "PID", "MEMORY", "RESTARTS", "DESCRIPTION"}};
    for (const ServiceStatus& status : statuses) {
        const State& state = status.state;
        const std::uint64_t begin = since_usec(state);
        const bool odd =
            !status.readable || (!status.launcher_lives && status.main_lives && status.supervised);
        rows.push_back(
            {state.name,
             odd ? status.readable ? "no launcher" : "unknown" : std::string(name_of(state.state)),
             begin == 0 ? "-" : ago(begin, look), status.main_lives ? concat(state.main.pid) : "-",
             status.lives() && status.usage.memory_bytes ? size_text(*status.usage.memory_bytes)
                                                         : "-",
             status.lives() || state.restarts > 0 ? concat(state.restarts) : "-",
             printable(status.description)});
    }
    std::vector<std::size_t> widths(rows.front().size());
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], columns_of(row[i]));
        }
    }
    std::string out;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        std::string line;
        for (std::size_t i = 0; i < rows[r].size(); ++i) {
            const std::size_t blanks = widths[i] - columns_of(rows[r][i]) + 2;
            line += concat(rows[r][i], std::string(i + 1 < rows[r].size() ? blanks : 0, ' '));
        }
        line = cut(line, look.width > 2 ? look.width - 2 : look.width, look);
        line.erase(line.find_last_not_of(' ') + 1);
        out += concat(r == 0 ? std::string(" ") : dot_of(tone_of(statuses[r - 1]), look), ' ', line,
                      '\n');
    }
    return out;
}

} // namespace amphid
