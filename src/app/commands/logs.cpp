// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/commands.h"
#include "app/console.h"
#include "app/log_reader.h"
#include "app/log_view.h"
#include "app/running_service.h"
#include "app/started_service.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/log_chain.h"
#include "os/read_host.h"
#include "os/run_program.h"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <fcntl.h>
#include <memory>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

/// Where a service's output is: in its own file, or in the journal.
struct LogSource {
    std::string service;
    LogTable log;
    std::vector<std::string> journal_matches;
};

std::string identifier_of(const Config& config) {
    const std::string& given = config.service.syslog_identifier;
    const auto& commands = config.service.exec_start.list;
    const std::string path = commands.empty() ? std::string() : commands.front().path;
    return given.empty() ? path.substr(path.find_last_of('/') + 1) : given;
}

LogSource find_log(const std::string& word, const Host& host) {
    const KnownService service = find_started_service(word, host);
    require_known(service);
    LogSource out{service.name, {}, {}};
    if (service.config) {
        out.log = service.config->log;
    }
    if (!out.log.file.text.empty()) {
        return out;
    }
    const Running running = glance_at(service.directory);
    const State state = running.found ? running.found->state : State();
    if (!state.unit.empty()) {
        out.journal_matches = {state.manager == Manager::user ? "--user-unit" : "--unit",
                               state.unit};
    } else if (host.journal_runs && service.config) {
        out.journal_matches = {"--identifier", identifier_of(*service.config)};
    } else {
        throw Failure(
            ExitCode::failure,
            concat(service.name,
                   ": its output is not kept: journald is not running, and [log] has no file"));
    }
    return out;
}

/// journalctl(1) has the same options, and a pager.
int show_journal(const std::vector<LogSource>& sources, const Arguments& arguments) {
    std::vector<std::string> argv{"journalctl"};
    for (const LogSource& source : sources) {
        argv.insert(argv.end(), source.journal_matches.begin(), source.journal_matches.end());
    }
    const std::pair<const char*, std::string> options[] = {
        {"--lines", arguments.lines ? concat(*arguments.lines) : std::string()},
        {"--since", arguments.since},
        {"--until", arguments.until},
        {"--grep", arguments.grep},
        {"--output", std::string(name_of(arguments.log_format))}};
    for (const auto& [option, value] : options) {
        if (!value.empty()) {
            argv.push_back(concat(option, '=', value));
        }
    }
    if (arguments.follow) {
        argv.emplace_back("--follow");
    }
    const auto result = run_program(argv, false);
    if (!result) {
        throw OsError("cannot execute", "the program journalctl");
    }
    return result->exit_code;
}

class FileView {
public:
    FileView(const std::vector<LogSource>& sources, const Arguments& arguments)
        : arguments_(arguments), filter_(arguments, realtime_now()), named_(sources.size() > 1) {
        most_ = arguments.lines || !arguments.follow ? arguments.lines : 10;
        for (const LogSource& source : sources) {
            const bool has_times = source.log.timestamps == LogTimestamps::rfc3339;
            if (filter_.has_times() && !has_times) {
                throw Failure(ExitCode::failure,
                              concat(source.service, ": the lines of ", source.log.file.text,
                                     " have no timestamps; set [log] timestamps = \"rfc3339\""));
            }
            files_.push_back({source.service, has_times, LogReader(source.log.file.text)});
        }
    }

    int show() {
        Fd changes;
        if (arguments_.follow) {
            changes = watch(); // before the first read: nothing is missed
        }
        auto shown = look(most_);
        const std::size_t most = most_.value_or(shown.size());
        shown.erase(shown.begin(),
                    shown.end() - static_cast<std::ptrdiff_t>(std::min(most, shown.size())));
        print_all(shown);
        while (arguments_.follow) {
            char events[4096];
            if (::read(changes.get(), events, sizeof events) < 0 && errno != EINTR) {
                throw OsError("cannot watch", files_.front().reader.directory());
            }
            print_all(look(std::nullopt));
        }
        return code_of(ExitCode::success);
    }

private:
    struct File {
        std::string service;
        bool has_times;
        LogReader reader;
    };

    Fd watch() const {
        Fd out(checked(::inotify_init1(IN_CLOEXEC), "cannot watch", "the log files"));
        for (const File& file : files_) {
            checked(::inotify_add_watch(out.get(), file.reader.directory().c_str(),
                                        IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM),
                    "cannot watch", file.reader.directory());
        }
        return out;
    }

    /// Collects the new lines to be shown, ordered by time if they have timestamps. At most the
    /// last `most` of each service are kept.
    std::deque<LogEntry> look(std::optional<std::size_t> most) {
        std::deque<LogEntry> out;
        for (File& file : files_) {
            const std::size_t begin = out.size();
            const auto hear = [&](std::string_view line) {
                LogEntry entry = parse_log_line(file.service, line, file.has_times);
                if (!filter_.shows(entry)) {
                    return;
                }
                out.push_back(std::move(entry));
                if (most && out.size() - begin > *most) {
                    out.erase(out.begin() + static_cast<std::ptrdiff_t>(begin));
                }
            };
            file.reader.read(hear);
            if (!arguments_.follow) {
                file.reader.read_unfinished(hear);
            }
        }
        if (named_) {
            std::stable_sort(out.begin(), out.end(),
                             [](const LogEntry& a, const LogEntry& b) { return a.time < b.time; });
        }
        return out;
    }

    void print_all(const std::deque<LogEntry>& entries) const {
        std::string text;
        for (const LogEntry& entry : entries) {
            const std::string line = format_log_entry(entry, arguments_.log_format, named_);
            text += on_terminal_ ? printable(line, true) : line;
            if (text.size() > std::size_t{64} * 1024) {
                print(std::exchange(text, {}));
            }
        }
        print(text);
    }

    const Arguments& arguments_;
    LogFilter filter_;
    bool named_;
    bool on_terminal_ = ::isatty(STDOUT_FILENO) == 1;
    std::optional<std::size_t> most_;
    std::vector<File> files_;
};

/// The launcher notices that its file was moved, and begins a new one.
int rotate(const LogSource& source) {
    if (source.log.file.text.empty()) {
        throw Failure(
            ExitCode::failure,
            concat(source.service, ": its output goes to the journal; use `journalctl --rotate`"));
    }
    const auto [directory, name] = split_path(source.log.file.text);
    const Fd at = open_log_directory(directory);
    struct stat st {};
    if (::fstatat(at.get(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_size == 0) {
        print(concat(source.service, ": ", source.log.file.text, " is empty\n"));
        return code_of(ExitCode::success);
    }
    const std::string to = rotate_log(at.get(), name, realtime_now());
    remove_oldest_logs(at.get(), name, source.log.keep);
    print(concat(source.service, ": rotated to ", directory, '/', to, '\n'));
    return code_of(ExitCode::success);
}

} // namespace

int run_logs(const Arguments& arguments) {
    const Host host = read_host();
    std::vector<LogSource> sources;
    for (const std::string& word : arguments.operands) {
        sources.push_back(find_log(word, host));
    }
    if (arguments.rotate) {
        for (const LogSource& source : sources) {
            rotate(source);
        }
        return code_of(ExitCode::success);
    }
    const auto in_journal =
        std::count_if(sources.begin(), sources.end(),
                      [](const LogSource& source) { return !source.journal_matches.empty(); });
    if (in_journal == static_cast<std::ptrdiff_t>(sources.size())) {
        return show_journal(sources, arguments);
    }
    if (in_journal > 0) {
        throw Failure(ExitCode::failure, "logs: some of these services log to the journal and some "
                                         "to files; show them one by one");
    }
    return FileView(sources, arguments).show();
}

} // namespace amphid
