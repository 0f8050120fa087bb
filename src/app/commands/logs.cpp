// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/commands.h"
#include "app/console.h"
#include "app/log_feed.h"
#include "app/log_merge.h"
#include "app/log_reopen.h"
#include "app/log_source.h"
#include "app/pager.h"
#include "app/started_service.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/log_chain.h"
#include "os/read_host.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <deque>
#include <fcntl.h>
#include <memory>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

/// journalctl(1) in our place: it has the same options, and a pager.
[[noreturn]] void become_journalctl(const std::vector<LogSource>& sources,
                                    const Arguments& arguments) {
    JournalMatches matches;
    for (const LogSource& source : sources) {
        matches.insert(matches.end(), source.journal.begin(), source.journal.end());
    }
    std::vector<std::string> argv =
        journalctl_command(arguments, matches, name_of(arguments.log_format));
    std::vector<char*> pointers;
    for (std::string& word : argv) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    ::execvp(pointers.front(), pointers.data());
    throw OsError("cannot execute", argv.front());
}

class LogPrinter {
public:
    LogPrinter(const Arguments& arguments, bool named, bool on_terminal)
        : format_(arguments.log_format), named_(named), on_terminal_(on_terminal) {}

    void take(const LogEntry& entry) {
        const std::string line = format_log_entry(entry, format_, named_);
        text_ += on_terminal_ ? printable(line, true) : line;
        if (text_.size() > std::size_t{64} * 1024) {
            flush();
        }
    }
    void flush() { print(std::exchange(text_, {})); }

private:
    LogFormat format_;
    bool named_;
    bool on_terminal_;
    std::string text_;
};

/// What ends a look that follows: a signal, or nobody who reads.
class End {
public:
    End() {
        sigset_t ending;
        ::sigemptyset(&ending);
        ::sigaddset(&ending, SIGINT);
        ::sigaddset(&ending, SIGTERM);
        ::sigprocmask(SIG_BLOCK, &ending, nullptr);
        signals_ = Fd(checked(::signalfd(-1, &ending, SFD_CLOEXEC), "cannot watch", "signals"));
    }
    /// Waits until one of these is readable; false where it is the end.
    bool wait(const std::vector<int>& readable) const {
        std::vector<pollfd> all{{signals_.get(), POLLIN, 0}, {STDOUT_FILENO, 0, 0}};
        for (const int fd : readable) {
            all.push_back({fd, POLLIN, 0});
        }
        while (::poll(all.data(), all.size(), -1) < 0) {
            if (errno != EINTR) {
                throw OsError("cannot wait for", "more lines");
            }
        }
        const bool all_live = std::all_of(all.begin() + 2, all.end(), [](const pollfd& one) {
            return one.revents == 0 || (one.revents & POLLIN) != 0;
        });
        return all_live && all[0].revents == 0 && all[1].revents == 0;
    }

private:
    Fd signals_;
};

/// Shows what there is, and what comes.
class LogsView {
public:
    LogsView(const std::vector<LogSource>& sources, const Arguments& arguments)
        : arguments_(arguments), filter_(arguments, realtime_now()),
          printer_(arguments, sources.size() > 1, ::isatty(STDOUT_FILENO) == 1) {
        for (const LogSource& source : sources) {
            feeds_.push_back(std::make_unique<LogFeed>(source, arguments, filter_));
        }
    }

    void show() {
        LogMerge merge = merged(&LogFeed::next);
        const auto most = arguments_.lines;
        std::deque<LogEntry> last;
        const auto take = [&](LogEntry entry) {
            if (!most) {
                printer_.take(entry);
                return;
            }
            last.push_back(std::move(entry));
            if (last.size() > *most) {
                last.pop_front();
            }
        };
        while (auto entry = merge.next()) {
            take(std::move(*entry));
        }
        LogMerge rest = merged(&LogFeed::unfinished);
        while (auto entry = arguments_.follow ? std::nullopt : rest.next()) {
            take(std::move(*entry));
        }
        for (const LogEntry& entry : last) {
            printer_.take(entry);
        }
        printer_.flush();
    }

    /// Goes on from there until somebody ends it.
    void follow() {
        const End end;
        const Fd changes = watch(); // before the first look: nothing is missed
        show();
        std::vector<int> readable{changes.get()};
        for (const auto& feed : feeds_) {
            if (feed->fd() >= 0) {
                readable.push_back(feed->fd());
            }
        }
        LogMerge merge = merged(&LogFeed::next);
        while (end.wait(readable)) {
            char events[4096];
            while (::read(changes.get(), events, sizeof events) > 0) {
            }
            while (auto entry = merge.next()) {
                printer_.take(*entry);
            }
            printer_.flush();
        }
    }

private:
    LogMerge merged(std::optional<LogEntry> (LogFeed::*next)()) {
        std::vector<LogMerge::Next> out;
        for (const auto& feed : feeds_) {
            out.push_back([&one = *feed, next] { return (one.*next)(); });
        }
        return LogMerge(std::move(out));
    }

    Fd watch() const {
        Fd out(checked(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK), "cannot watch", "the log files"));
        for (const auto& feed : feeds_) {
            if (const std::string directory = feed->directory(); !directory.empty()) {
                checked(::inotify_add_watch(out.get(), directory.c_str(),
                                            IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM),
                        "cannot watch", directory);
            }
        }
        return out;
    }

    const Arguments& arguments_;
    LogFilter filter_;
    LogPrinter printer_;
    std::vector<std::unique_ptr<LogFeed>> feeds_;
};

int show_lines(const std::vector<LogSource>& sources, Arguments arguments) {
    if (arguments.follow) {
        arguments.lines = arguments.lines.value_or(10);
        LogsView(sources, arguments).follow();
        return code_of(ExitCode::success);
    }
    LogsView view(sources, arguments);
    const Host host = read_host();
    const bool lends_rights =
        host.uid != ::getuid() || variable(host, "SUDO_UID") || variable(host, "PKEXEC_UID");
    const bool wanted = arguments.pager && ::isatty(STDOUT_FILENO) == 1;
    const Pager pager(wanted ? choose_pager(host.environment, lends_rights) : PagerChoice());
    try {
        view.show();
    } catch (const OsError& error) {
        if (error.error() != EPIPE) { // who has seen enough
            throw;
        }
    }
    return code_of(ExitCode::success);
}

/// The launcher notices that its file was moved, and begins a new one.
void rotate(const LogSource& source) {
    if (!source.file) {
        throw Failure(
            ExitCode::failure,
            concat(source.service, ": its output goes to the journal; use `journalctl --rotate`"));
    }
    const auto [directory, name] = split_path(source.file->path);
    const Fd at = open_log_directory(directory);
    struct stat st {};
    if (::fstatat(at.get(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_size == 0) {
        print(concat(source.service, ": ", source.file->path, " is empty\n"));
        return;
    }
    const std::string to = rotate_log(at.get(), name, realtime_now());
    remove_oldest_logs(at.get(), name, source.file->keep);
    print(concat(source.service, ": rotated to ", directory, '/', to, '\n'));
}

} // namespace

int run_logs(const Arguments& arguments) {
    const Host host = read_host();
    if (arguments.reopen) {
        for (const std::string& word : arguments.operands) {
            reopen_log(word, host);
        }
        return code_of(ExitCode::success);
    }
    std::vector<LogSource> sources;
    for (const std::string& word : arguments.operands) {
        const KnownService service = find_started_service(word, host);
        require_known(service, host);
        sources.push_back(log_source_of(service, host));
    }
    if (arguments.rotate) {
        for (const LogSource& source : sources) {
            rotate(source);
        }
        return code_of(ExitCode::success);
    }
    const bool in_journal =
        std::none_of(sources.begin(), sources.end(),
                     [](const LogSource& source) { return source.file.has_value(); });
    if (in_journal) {
        become_journalctl(sources, arguments);
    }
    return show_lines(sources, arguments);
}

} // namespace amphid
