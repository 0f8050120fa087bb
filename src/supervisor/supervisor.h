// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "machine/ending.h"
#include "machine/machine.h"
#include "os/notify_socket.h"
#include "os/path_watch.h"
#include "os/runtime_files.h"
#include "os/systemd.h"
#include "os/tree.h"
#include "plan/notification.h"
#include "plan/plan.h"
#include "plan/state.h"
#include "supervisor/executor.h"
#include "supervisor/fd_store.h"
#include "supervisor/health_check.h"
#include "supervisor/log.h"
#include "supervisor/loop.h"
#include "supervisor/upstream.h"
#include "supervisor/watchdog.h"

#include <deque>
#include <functional>
#include <optional>

namespace amphid {

/// A descriptor that the manager gave us for the service (sd_listen_fds(3)).
struct GivenDescriptor {
    Fd fd;
    std::string name;
};

/// What a launcher holds when it begins to supervise; all of it opened while whoever asked for the
/// start could still be told.
struct Handles {
    Fd signals;   // open_signals()
    Fd directory; // the runtime directory
    Fd lock;
    Fd startup; // the write end of the startup pipe; empty in the foreground
    NotifySocket notify;
    std::vector<GivenDescriptor> given;
    Fd ready; // a newline there says that the service is ready (s6, dinit, OpenRC); empty: none
    Inherited inherited;
    /// How a daemon leaves the process that called: returns in the one that stays. Called when all
    /// that can fail has been opened. Empty in the foreground.
    std::function<void()> leave;
    /// What a killed launcher left running: it is taken over, nothing is started.
    std::optional<State> orphan;
    /// It is taken over only to be stopped.
    bool stops_orphan = false;
    const Systemd* systemd = nullptr; // outlives us; null where nobody is to be told
    Log log{Log::Sink::person};
    /// We have a controlling terminal: the service shares our process group, so that it may use the
    /// terminal and ^C and ^Z reach it, too.
    bool has_terminal = false;
};

/// Runs one service from start to end: feeds the machine with events and performs its effects.
/// Decides nothing itself.
class Supervisor {
public:
    Supervisor(const Plan& plan, State state, Handles handles);

    /// Returns when the service has ended for good and its files are gone.
    Ending run();

private:
    using What = decltype(Event::what);

    void post(What what) { queue_.push_back(std::move(what)); }
    void begin();
    void prepare_first();
    void adopt();
    void use_cgroup();
    void let_go();
    void abandon();
    void drain_queue();
    void apply(const Event& event);

    // Sources of events.
    void look_at(Source source);
    void on_signal(const signalfd_siginfo& info);
    void on_interrupt(const signalfd_siginfo& info);
    void on_abort(const signalfd_siginfo& info);
    void on_hang_up(const signalfd_siginfo& info);
    void forward(const signalfd_siginfo& info);
    void reap();
    void main_ended(const MainExit& exit);
    void control_ended(const MainExit& exit);
    void on_main_end();
    void watch_rest_of_tree();
    void look_for_end_of_tree();

    // The notify server.
    void receive_notifications();
    bool may_notify(const Notification& message) const;
    void heed(NotifyMessage& said, Notification& message);
    void note_errors(const NotifyMessage& said);
    void heed_watchdog(const NotifyMessage& said);
    void heed_store(const NotifyMessage& said, Notification& message);
    void take_main_pid(int pid, std::optional<std::uint64_t> pidfdid);
    void renew_service_pid_file();

    // Readiness, health, signs of life.
    class ServiceAsSubject final : public Subject {
    public:
        explicit ServiceAsSubject(Supervisor& of) : of_(of) {}
        std::vector<int> members() const override;
        uid_t uid() const override;
        std::vector<std::uint64_t> cgroups() const override;
        Spawned run(const Command& command) override;

    private:
        Supervisor& of_;
    };
    void prepare_questions();
    void make_health_check();
    void watch_health();
    bool is_asking() const;
    void look_at_probes();
    void heed_probes();
    void look_at_health();
    void look_at_watchdog();
    void watch_watchdog();
    void watchdog_failed(const std::string& why);
    void attend();
    void tell_questions_of_end(int pid, int status);
    void drain_output();
    std::vector<std::pair<int, int>> descriptors_for(CommandList list) const;
    void add_protocol_variables(Environment& out) const;

    // Effects.
    void perform(const BeginActivation&);
    void perform(const SpawnMain&);
    void perform(const SpawnControl&);
    void perform(const FindMain&);
    void perform(const AskConditions&);
    void perform(const SignalTree&);
    void perform(const KillControl&);
    void perform(const Reload&);
    void perform(const ReportReload&);
    void perform(const ArmTimer&);
    void perform(const DisarmTimer&);
    void perform(const AnnounceReady&);
    void perform(const AnnounceStopping&);
    void perform(const AnnounceReloading&);
    void perform(const AnnounceReloaded&);
    void perform(const AskForTime&);
    void perform(const Finish&);

    // The processes and their roles.
    /// Reads the launcher's start time when it is first written down.
    static void identify_launcher(State& state);
    class RecordInState;
    void new_invocation();
    Environment own_variables(CommandList list) const;
    Spawned start(const Command& command, CommandList list, ProcessId& role);
    void set_main(int pid);
    bool load_pid_file();
    bool guess_main();
    void look_for_main();
    bool is_child(int pid) const;
    void signal_main(int signal);
    std::vector<int> signals_for(Which which) const;

    void watch_service();
    void watch_upstream();
    Fd open_parent(const std::string& file) const;
    bool manage(void (Supervisor::*step)());
    void draft_pid_files();
    void put_files_in_place();
    void note_transition(ServiceState from);
    void write_state_file();
    void publish();
    std::string status_line() const;
    std::string ready_words() const;
    void note_waiting();
    void report_end();
    void report_skip();
    std::string failure_text() const;
    std::string own_words() const;
    std::string object_of(const MainExit& exit, const Command& command) const;
    const Command& blamed_command() const;
    std::string awaited() const;
    void note_left_behind();

    const Plan& plan_;
    State state_;
    Machine machine_;
    Handles handles_;
    Loop loop_;
    Upstream upstream_;
    Tree tree_;
    Executor executor_;
    ServiceAsSubject subject_{*this};
    std::optional<ProbeSet> probes_;
    std::optional<HealthCheck> health_;
    Watchdog watchdog_;
    FdStore store_;
    NotifyAccess notify_access_; // NOTIFYACCESS= changes it until the next start
    std::optional<TimeSpan> said_reloading_;
    std::optional<PidFile> pid_file_;
    std::optional<PidFile> service_pid_file_;
    /// Where the main process is no child of ours: how its end is seen.
    Fd main_end_;
    /// Processes that a launcher before us left: their end is no SIGCHLD of ours.
    std::vector<Fd> inherited_ends_;
    std::optional<PathWatch> pid_file_watch_;
    std::deque<What> queue_;
    Whom last_kill_ = Whom::everybody; // the last final signal's
    std::string refusal_;              // why the service could not be announced
    std::string pid_file_refusal_;     // the last one, said once
    bool began_ = false;               // the first activation
    bool prepared_ = false;            // the first start
    bool dirty_ = false;               // the state file is older than the state
    bool refusal_logged_ = false;      // of a notification, in this activation
    bool notify_watched_ = false;
    bool words_watched_ = false;
    bool output_watched_ = false;
    bool probes_watched_ = false;
    bool health_watched_ = false;
    bool watchdog_watched_ = false;
    bool store_watched_ = false;
    bool store_refusal_logged_ = false;
    bool upstream_watched_ = false;
    bool attended_ = false; // health and watchdog are on
    bool cgroup_watched_ = false;
    bool settled_ = false; // what the start has used can be given back
    bool finished_ = false;
    bool terminal_signalled_ = false; // ^C has reached the service without us
};

} // namespace amphid
