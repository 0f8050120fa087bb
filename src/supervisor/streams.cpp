// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/streams.h"

#include "base/text.h"
#include "os/journal_stream.h"
#include "os/open_output.h"
#include "os/os_error.h"
#include "os/rights.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>

namespace amphid {

namespace {

constexpr std::size_t share = std::size_t{16} * 1024; // per turn: lines are forwarded
constexpr std::size_t whole_pipe = std::size_t{64} * 1024;

bool is_terminal(InputKind kind) {
    return kind >= InputKind::tty && kind <= InputKind::tty_fail;
}

bool is_file(const Output& output) {
    return output.kind >= OutputKind::file;
}

Fd open_device(const std::string& path, int access) {
    return Fd(::open(path.c_str(), access | O_NOCTTY | O_CLOEXEC));
}

} // namespace

Streams::Streams(Loop& loop, const ExecContext& context, Inherited inherited,
                 std::string identifier, Log& log, std::string log_draft)
    : log_(log), context_(context), inherited_(std::move(inherited)), log_name_(identifier),
      stderr_source_(loop, Turn::output, [this] { read_stderr_pipe(share); }),
      output_pump_(loop, [this](const Line& line) { on_line(line); }),
      error_pump_(loop, [this](const Line& line) { on_line(line); }) {
    if (context.words_to_journal || context.standard_output.kind == OutputKind::syslog ||
        context.standard_error.kind == OutputKind::syslog) {
        forwarder_.emplace(std::move(identifier));
    }
    if (context.standard_output.kind == OutputKind::log ||
        context.standard_error.kind == OutputKind::log) {
        log_pump_.emplace(
            loop, context.log, log,
            [this](std::string_view text, LogStream stream) { on_log_text(text, stream); },
            std::move(log_draft));
    }
}

void Streams::on_line(const Line& line) {
    log_.show_output(line.text);
    log_.show_output(line.ends ? "\n" : "");
    hear_(line);
}

/// Output that shares standard error's pipe belongs to the last lines, too.
void Streams::on_log_text(std::string_view text, LogStream stream) {
    const bool may_be_error =
        context_.standard_error.kind == OutputKind::log || context_.error_joins_output;
    if (context_.log.prefix ? stream == LogStream::error : may_be_error) {
        last_words_.take(text);
    }
    log_.show_output(text);
    if (listens_) {
        log_lines_[static_cast<std::size_t>(stream)].cut(text, hear_);
    }
}

void Streams::begin_activation() {
    last_words_.clear();
    if (log_pump_) {
        log_pump_->end_line();
        last_words_.clear();
    }
}

void Streams::finish() {
    if (log_pump_) {
        log_pump_->finish();
    }
}

void Streams::look_at_log() {
    if (log_pump_) {
        log_pump_->look();
    }
}

void Streams::listen(std::function<void(const Line&)> hear) {
    hear_ = std::move(hear);
    listens_ = true;
}

void Streams::begin() {
    stderr_source_.on(stderr_pipe_.fd());
    output_pump_.begin();
    error_pump_.begin();
    if (log_pump_) {
        log_pump_->begin();
    }
}

void Streams::read_stderr_pipe(std::size_t budget) {
    std::array<char, 4096> buffer;
    for (std::size_t done = 0; done < budget;) {
        const ssize_t n = ::read(stderr_pipe_.fd(), buffer.data(), buffer.size());
        if (n <= 0) {
            return;
        }
        const std::string_view text(buffer.data(), static_cast<std::size_t>(n));
        done += text.size();
        last_words_.take(text);
        log_.show_output(text);
        if (forwarder_) {
            forwarder_->take(text);
        }
    }
}

std::string Streams::last_words() {
    if (stderr_pipe_) {
        read_stderr_pipe(whole_pipe);
    }
    finish();
    return last_words_.text();
}

Streams::Stream Streams::keep(Fd fd) {
    const int number = fd.get();
    const int error = fd ? 0 : errno;
    return {number, std::move(fd), error};
}

/// Of a process with fewer rights: it could read what is typed for somebody else.
bool Streams::is_lent_terminal(int fd) const {
    return ::isatty(fd) == 1 && has_lesser_rights(context_);
}

/// The main process alone reads what was meant for the service.
Streams::Stream Streams::open_input(CommandList list) {
    switch (context_.standard_input.kind) {
    case InputKind::inherit:
        if (list == CommandList::exec_start && !is_lent_terminal(STDIN_FILENO)) {
            return {STDIN_FILENO, {}, 0};
        }
        [[fallthrough]];
    case InputKind::automatic:
    case InputKind::null:
        object_ = "/dev/null";
        return keep(open_device(object_, O_RDONLY));
    case InputKind::file:
        object_ = context_.standard_input.path;
        return keep(open_device(object_, O_RDONLY));
    case InputKind::tty:
    case InputKind::tty_force:
    case InputKind::tty_fail:
        break;
    }
    object_ = context_.tty_path;
    return keep(open_device(object_, O_RDWR));
}

/// The service's user may reopen it as /dev/stderr.
Streams::Stream Streams::open_stderr_pipe() {
    object_ = "the pipe for its standard error";
    return give_away(stderr_pipe_.open());
}

Streams::Stream Streams::open_log(LogStream stream) {
    object_ = context_.log.path;
    return give_away(log_pump_->open(stream));
}

Streams::Stream Streams::give_away(int fd) const {
    const Credentials& who = context_.credentials;
    if (who.uid && ::fchown(fd, *who.uid, who.gid.value_or(::getegid())) < 0) {
        return {-1, {}, errno};
    }
    return {fd, {}, 0};
}

/// If journald accepts no connection now, lines go through our pipe and on to it as soon as it
/// does.
Streams::Stream Streams::open_journal(bool console) {
    Stream out = keep(open_journal_stream(log_name_, LOG_INFO, console));
    if (out.error == 0) {
        return out;
    }
    journal_missed_ = true;
    if (!std::exchange(warned_of_journal_, true)) {
        log_.write(LOG_WARNING,
                   concat("cannot connect to ", journal_socket, ": ", std::strerror(out.error),
                          "; output goes through the launcher instead"));
    }
    if (!forwarder_) {
        forwarder_.emplace(log_name_);
    }
    return open_stderr_pipe();
}

Streams::Stream Streams::open_output(const Output& output, LogStream stream, int inherited) {
    switch (output.kind) {
    case OutputKind::automatic:
    case OutputKind::syslog:
        return open_stderr_pipe();
    case OutputKind::log:
        return open_log(stream);
    case OutputKind::null:
        object_ = "/dev/null";
        return keep(open_device(object_, O_WRONLY));
    case OutputKind::inherit:
        return {inherited, {}, 0};
    case OutputKind::journal:
        return open_journal(output.console);
    case OutputKind::kmsg:
        object_ = "/dev/kmsg";
        return keep(open_device(object_, O_WRONLY));
    case OutputKind::tty:
        object_ = context_.tty_path;
        return keep(open_device(object_, O_WRONLY));
    case OutputKind::file:
    case OutputKind::append:
    case OutputKind::truncate:
        break;
    }
    object_ = output.path;
    const int flags = output.kind == OutputKind::append     ? O_APPEND
                      : output.kind == OutputKind::truncate ? O_TRUNC
                                                            : 0;
    return keep(open_output_file(output.path, flags, context_.umask));
}

Streams::Stream Streams::open_error() {
    if (context_.error_joins_output) {
        return {output_.fd, {}, 0};
    }
    return open_output(context_.standard_error, LogStream::error, inherited_error());
}

int Streams::inherited_output() const {
    return inherited_.output ? inherited_.output.get() : STDOUT_FILENO;
}

int Streams::inherited_error() const {
    return inherited_.error ? inherited_.error.get() : STDERR_FILENO;
}

bool Streams::would_lend_terminal() const {
    const auto lends = [this](const Output& output, int fd) {
        return output.kind == OutputKind::inherit && is_lent_terminal(fd);
    };
    return lends(context_.standard_output, inherited_output()) ||
           (!context_.error_joins_output && lends(context_.standard_error, inherited_error()));
}

Spawned Streams::open(SpawnRequest& request, CommandList list, const std::string& log_name) {
    log_name_ = context_.syslog_identifier.empty() ? log_name : context_.syslog_identifier;
    journal_missed_ = false;
    ExecStage stage = ExecStage::stdin_;
    try {
        input_ = open_input(list);
        if (input_.error != 0) {
            return {0, stage, input_.error};
        }
        stage = ExecStage::stdout_;
        output_ = open_output(context_.standard_output, LogStream::output, inherited_output());
        if (output_.error != 0) {
            return {0, stage, output_.error};
        }
        stage = ExecStage::stderr_;
        error_ = open_error();
        if (error_.error != 0) {
            return {0, stage, error_.error};
        }
    } catch (const OsError& error) {
        return {0, stage, error.error()};
    }
    const Output& words =
        context_.error_joins_output ? context_.standard_output : context_.standard_error;
    last_words_.begin_file(is_file(words) ? error_.fd : -1);
    if (listens_) {
        put_pumps_between();
    }
    request.stdio = {input_.fd, output_.fd, error_.fd};
    request.own_terminal = is_terminal(context_.standard_input.kind);
    request.steal_terminal = context_.standard_input.kind == InputKind::tty_force;
    object_.clear();
    return {};
}

/// The service's user may reopen it as /dev/stdout.
int Streams::open_for_service(LinePump& pump) {
    const int fd = pump.open();
    const Credentials& who = context_.credentials;
    if (who.uid) {
        checked(::fchown(fd, *who.uid, who.gid.value_or(::getegid())), "cannot change the owner of",
                "a pipe");
    }
    return fd;
}

/// The files stay open here, for the last lines.
void Streams::put_pumps_between() {
    const auto copy = [](int fd) {
        return Fd(checked(::fcntl(fd, F_DUPFD_CLOEXEC, 3), "cannot keep", "a stream"));
    };
    // Output to the log passes through us anyway.
    if (context_.standard_output.kind != OutputKind::log) {
        output_pump_.aim(copy(output_.fd));
        output_.fd = open_for_service(output_pump_);
    }
    if (context_.error_joins_output) {
        error_.fd = output_.fd;
        return;
    }
    if (context_.standard_error.kind != OutputKind::log) {
        error_pump_.aim(copy(error_.fd));
        error_.fd = open_for_service(error_pump_);
    }
}

void Streams::take_over(int pid, const State& left) {
    stderr_pipe_.take_over(pid, STDERR_FILENO, left.words_pipe);
    if (log_pump_) {
        log_pump_->take_over(pid, {left.log_pipe, left.log_error_pipe});
    }
    const auto target = [this](Output where, LogStream which, int inherited) {
        if (where.kind == OutputKind::truncate) {
            where.kind = OutputKind::append; // keep earlier output
        }
        Stream stream = open_output(where, which, inherited);
        return stream.file ? std::move(stream.file) : Fd(::fcntl(stream.fd, F_DUPFD_CLOEXEC, 3));
    };
    if (output_pump_.take_over(pid, STDOUT_FILENO, left.output_pipe)) {
        output_pump_.aim(target(context_.standard_output, LogStream::output, STDOUT_FILENO));
    }
    if (error_pump_.take_over(pid, STDERR_FILENO, left.error_pipe)) {
        error_pump_.aim(target(context_.standard_error, LogStream::error, STDERR_FILENO));
    }
}

void Streams::add_variables(Environment& environment) const {
    if (listens_) {
        return;
    }
    const bool error_is_journal =
        context_.standard_error.kind == OutputKind::journal && !context_.error_joins_output;
    if (!journal_missed_ &&
        (error_is_journal || context_.standard_output.kind == OutputKind::journal)) {
        // systemd.exec(5): the one of standard error if both are connected.
        set_variable(environment, "JOURNAL_STREAM",
                     journal_stream_name(error_is_journal ? error_.fd : output_.fd));
    }
}

void Streams::release() {
    input_ = {};
    if (!is_file(context_.standard_output)) {
        output_ = {};
    }
    if (!is_file(context_.standard_error)) {
        error_ = {};
    }
}

} // namespace amphid
