// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/start.h"

#include "app/await_verdict.h"
#include "app/command_line_start.h"
#include "app/confine.h"
#include "app/console.h"
#include "app/elsewhere.h"
#include "app/in_place.h"
#include "app/join.h"
#include "app/leftover.h"
#include "app/log_place.h"
#include "app/manager_above.h"
#include "app/running_service.h"
#include "app/service.h"
#include "app/sockets.h"
#include "app/started_service.h"
#include "app/unmet_condition.h"
#include "base/text.h"
#include "os/credentials.h"
#include "os/detach.h"
#include "os/environment_files.h"
#include "os/files.h"
#include "os/kernel.h"
#include "os/os_error.h"
#include "os/presence.h"
#include "os/process.h"
#include "os/read_host.h"
#include "os/rights.h"
#include "os/run_program.h"
#include "os/signals.h"
#include "resolve/context.h"
#include "resolve/readiness.h"
#include "resolve/sockets.h"
#include "supervisor/run.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

/// What is kept of configuration and host once the start is decided.
struct PreparedStart {
    Plan plan;
    std::string instance; // of a template
    std::optional<NotifySender> manager;
    Log::Sink sink = Log::Sink::person;
    std::unique_ptr<const UnitTable> conditions;
    std::vector<std::string> given; // names of the descriptors passed by the manager
    std::vector<Fd> sockets;        // held from before a restart
    std::string note;               // where the service is, if that must be noted
    std::string second_record;      // the path of its SecondRecord
    StartOptions options;

    /// What is said before the launcher has a log of its own. Not kept: it may hold descriptors,
    /// which a daemon closes.
    Log log() const {
        Log out(sink, options.volume);
        out.set_owner(log_owner(plan));
        return out;
    }
};

void prepare_execution(Plan& plan, const Host& host) {
    std::string refused;
    for (const std::string& sentence : missing_privileges(plan.context, host)) {
        refused += concat(refused.empty() ? "" : "\namphid: ", plan.name, ": ", sentence);
    }
    if (!refused.empty()) {
        throw Failure(ExitCode::not_permitted, refused);
    }
    try {
        look_up_credentials(plan.context);
    } catch (const OsError& error) {
        throw Failure(error.error() == EPERM ? ExitCode::not_permitted : ExitCode::not_configured,
                      concat(plan.name, ": ", error.what()));
    }
    try {
        find_programs(plan);
    } catch (const OsError& error) {
        throw Failure(ExitCode::not_installed, concat(plan.name, ": ", error.what()));
    }
    try {
        if (host.uid == 0) {
            plan.context.trusted_users = trusted_users(host);
            require_trusted_files(plan);
        }
    } catch (const OsError& error) {
        throw Failure(ExitCode::not_configured, concat(plan.name, ": ", error.what()));
    }
}

void open_notify_socket(const Plan& plan, Handles& handles) {
    if (plan.notify_access == NotifyAccess::none) {
        return;
    }
    // A path would not be visible inside another root directory.
    const std::string path = plan.context.root_directory.empty() ? plan.paths.directory : "";
    const std::string known = handles.orphan ? handles.orphan->notify_address : "";
    handles.notify =
        NotifySocket(handles.directory.get(), path, known.starts_with('@') ? known : "");
}

namespace {

/// Never inlined: its stack frame would be kept for the life of the service. `is_alone`: nothing of
/// the service is stopped before this start.
[[gnu::noinline]] PreparedStart prepare(const std::string& service, const StartOptions& options,
                                        bool is_alone) {
    require_process_handles();
    const Host host = read_host();
    const ServiceFile file = file_to_start(service, options, host);
    if (file.stem.ends_with('@')) {
        throw Failure(ExitCode::usage, concat(file.stem, " is a template: name an instance, as in ",
                                              file.stem, "main"));
    }
    const Config config = load(file, host);
    const Decision decision = decide_mode(host, options.asked, config.launcher.mode);
    PreparedStart out{make_plan(config, file, host, decision),
                      file.instance.value_or(""),
                      std::nullopt,
                      host.error_is_journal ? Log::Sink::journal : Log::Sink::person,
                      std::make_unique<const UnitTable>(config.unit),
                      {},
                      {},
                      {},
                      {},
                      options};
    out.given = names_of_given_descriptors(host);
    leave_passed_sockets(out.plan, out.given);
    if (const std::string taken = taken_ready_descriptor(out.plan, out.given); !taken.empty()) {
        throw Failure(ExitCode::not_configured, taken);
    }
    if (out.plan.paths.directory.empty()) {
        throw Failure(ExitCode::not_configured,
                      concat(out.plan.name, ": ", no_runtime_directory(host)));
    }
    if (const std::string why = why_not_in_place(out.plan, options.notify_fd >= 0); !why.empty()) {
        throw Failure(ExitCode::not_configured, why);
    }
    Log log = out.log();
    for (const auto& list : {decision.warnings, warnings_about(out.plan, host)}) {
        for (const std::string& warning : list) {
            log.write(LOG_WARNING, warning);
        }
    }
    const Whereabouts whereabouts(file, host);
    if (is_alone) {
        refuse_second_copy(out.plan, out.instance, whereabouts);
    }
    out.note = whereabouts.note_for(out.plan.paths.directory);
    out.second_record = whereabouts.second_record();
    out.plan.policy.retries_first_start = options.retries;
    pass_arguments(out.plan, options.arguments);
    prepare_execution(out.plan, host);
    for (const std::string& missing : confine(out.plan, host)) {
        log.write(LOG_WARNING, concat(out.plan.name, ": ", missing));
    }
    for (const std::string& warning : read_environment_files(out.plan.context).warnings) {
        log.write(LOG_WARNING, warning);
    }
    out.manager = reach_manager(out.plan, host, log);
    warn_of_other_restart(config, out.plan, log);
    return out;
}

/// Opens the places for our files while errors can still be reported.
Fd open_places(const Plan& plan) {
    try {
        Fd directory = open_runtime_directory(plan.paths.directory);
        for (const std::string& file : {plan.paths.pid_file, plan.paths.service_pid_file}) {
            if (!file.empty() && split_path(file).first != plan.paths.directory) {
                open_directory(split_path(file).first, false);
            }
        }
        return directory;
    } catch (const OsError& error) {
        throw Failure(ExitCode::not_configured, concat(plan.name, ": ", error.what()));
    }
}

State first_state(const PreparedStart& prepared) {
    const Plan& plan = prepared.plan;
    State state;
    state.name = plan.name;
    state.config = plan.config;
    state.instance = prepared.instance;
    state.mode = plan.detach ? Mode::daemon : Mode::foreground;
    state.unit = plan.unit;
    state.manager = plan.manager;
    state.pid_file = plan.paths.pid_file;
    state.sandbox = sandbox_words(plan.context.sandbox);
    for (const std::string& concession : plan.concessions) {
        state.concessions += concat(state.concessions.empty() ? "" : "; ", concession);
    }
    return state;
}

/// By its directory, and by its file, which may be edited to name another directory.
std::array<Fd, 2> show_presence_of(const PreparedStart& prepared) {
    return {show_presence(prepared.plan.paths.directory),
            show_presence(presence_of_file(prepared.plan.config, prepared.instance))};
}

Fd duplicate_above_stdio(int fd) {
    return Fd(checked(::fcntl(fd, F_DUPFD_CLOEXEC, 3), "cannot keep", "a standard descriptor"));
}

Inherited keep_inherited(const Plan& plan) {
    Inherited out;
    if (plan.context.standard_output.kind == OutputKind::inherit) {
        out.output = duplicate_above_stdio(STDOUT_FILENO);
    }
    if (plan.context.standard_error.kind == OutputKind::inherit &&
        !plan.context.error_joins_output) {
        out.error = duplicate_above_stdio(STDERR_FILENO);
    }
    return out;
}

bool has_terminal() {
    return static_cast<bool>(Fd(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)));
}

/// Whoever asked for each step sees those of the daemon, too.
Log log_of_daemon(const StartOptions& options) {
    Log out(Log::Sink::syslog, options.volume);
    if (options.volume == Volume::verbose) {
        out.show_to(duplicate_above_stdio(STDERR_FILENO), options.begin);
    }
    return out;
}

/// Exit code and signal in one number, as in a shell.
int exit_code_of(const Ending& ending) {
    return ending.signal != 0 ? 128 + ending.signal : ending.code;
}

/// Never inlined, as run_foreground: a frame holds what each of them needs.
[[gnu::noinline]] int run_daemon(PreparedStart& prepared, Handles& handles) {
    int ends[2];
    checked(::pipe2(ends, O_CLOEXEC), "cannot create", "the startup pipe");
    Fd reader(ends[0]);
    handles.startup = Fd(ends[1]);
    handles.inherited = keep_inherited(prepared.plan);
    // Until setsid a hang-up of the terminal could still kill the daemon.
    sigset_t before;
    ::sigprocmask(SIG_BLOCK, nullptr, &before);
    handles.signals = open_signals();
    std::array<Fd, 2> presence;
    handles.leave = [&] {
        if (!detach()) {
            ::sigprocmask(SIG_SETMASK, &before, nullptr);
            // If we kept the service's pipes open, their readers would never see the end.
            await_verdict(prepared.plan, close_inherited_descriptors(reader.get()),
                          prepared.options.volume);
        }
        reader.reset();
        presence = show_presence_of(prepared);
    };
    handles.log = log_of_daemon(prepared.options);
    return exit_code_of(run(prepared.plan, first_state(prepared), std::move(handles)));
}

[[gnu::noinline]] int run_foreground(PreparedStart& prepared, Handles& handles) {
    const std::array<Fd, 2> presence = show_presence_of(prepared);
    handles.signals = open_signals();
    handles.manager = prepared.manager ? &*prepared.manager : nullptr;
    handles.log = prepared.log();
    handles.has_terminal = has_terminal();
    // Under nohup the service gets its own process group.
    handles.shares_terminal = handles.has_terminal && !handles.ignores_hang_up &&
                              !has_lesser_rights(prepared.plan.context);
    if (handles.shares_terminal && !prepared.plan.we_are_pid_1) {
        handles.group_witness.emplace();
    }
    const bool we_are_pid_1 = prepared.plan.we_are_pid_1;
    const Ending ending = run(prepared.plan, first_state(prepared), std::move(handles));
    if (ending.signal != 0 && !we_are_pid_1) {
        die_by_signal(ending.signal);
    }
    return exit_code_of(ending);
}

int become_service(PreparedStart& prepared, Handles& handles) {
    const Plan& plan = prepared.plan;
    handles.manager = prepared.manager ? &*prepared.manager : nullptr;
    handles.log = prepared.log();
    if (plan.detach) {
        handles.inherited = keep_inherited(plan);
    }
    return start_in_place(plan, first_state(prepared), std::move(handles), prepared.options.volume);
}

/// Descriptors that the caller passed on purpose: systemd's for the service, and the one of
/// --notify-fd.
void take_descriptors(const PreparedStart& prepared, Handles& handles) {
    const int notify_fd = prepared.options.notify_fd;
    int number = 3; // sd_listen_fds(3)
    for (const std::string& name : prepared.given) {
        handles.given.push_back({Fd(number++), name});
    }
    if (notify_fd >= 0) {
        checked(::fcntl(notify_fd, F_GETFD), "cannot use", concat("--notify-fd ", notify_fd));
        handles.ready = Fd(notify_fd);
    }
}

} // namespace

std::shared_ptr<PreparedStart> prepare_start(const std::string& service,
                                             const StartOptions& options) {
    return std::make_shared<PreparedStart>(prepare(service, options, false));
}

void hold_sockets(PreparedStart& prepared, const ProcessId& holder) {
    prepared.sockets = hold_sockets(prepared.plan, holder);
}

void check_places(const PreparedStart& prepared) {
    ::umask(0022);
    open_places(prepared.plan);
}

int start_prepared(PreparedStart& prepared) {
    const Plan& plan = prepared.plan;
    Handles handles;
    handles.sockets = std::move(prepared.sockets);
    if (plan.detach && !handles.sockets.empty()) {
        close_inherited_descriptors_but(handles.sockets); // a restart has no --notify-fd
    } else if (plan.detach) {
        handles.ready = close_inherited_descriptors(prepared.options.notify_fd);
    } else {
        hide_inherited_descriptors();
        take_descriptors(prepared, handles);
    }
    handles.ignores_hang_up = take_hang_up();
    ::umask(0022); // ours; the service has its own
    handles.directory = open_places(plan);
    auto lock = lock_or_join(plan, {prepared.instance, prepared.second_record}, handles.directory,
                             prepared.options.adopts);
    if (const auto* verdict = std::get_if<Verdict>(&lock)) {
        print_verdict(*verdict, prepared.options.volume);
        return code_of(verdict->code);
    }
    auto& locked = std::get<Locked>(lock);
    handles.lock = std::move(locked.lock);
    handles.second_record = plan.detach ? prepared.second_record : "";
    refuse_shared_log(plan);
    handles.orphan = std::move(locked.orphan);
    if (locked.leftover) {
        end_leftover(plan, *locked.leftover, prepared.manager ? &*prepared.manager : nullptr,
                     prepared.log());
    }
    leave_note(prepared.note, plan.paths.directory);
    if (!handles.orphan) {
        Log log = prepared.log();
        do_without_unusable_log(prepared.plan, log);
        if (const auto code =
                unmet_start_condition(plan.name, *prepared.conditions, prepared.log())) {
            return *code;
        }
    }
    prepared.conditions.reset(); // the launcher that stays needs none of it
    return on_behalf_of(plan.name, [&] {
        open_sockets(plan, handles, prepared.log());
        if (plan.in_place) {
            return become_service(prepared, handles);
        }
        open_notify_socket(plan, handles);
        return plan.detach ? run_daemon(prepared, handles) : run_foreground(prepared, handles);
    });
}

int start_service(const std::string& service, const StartOptions& options) {
    PreparedStart prepared = prepare(service, options, true);
    return start_prepared(prepared);
}

} // namespace amphid
