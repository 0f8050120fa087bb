// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// The ground of every process test: a folder of its own, a service name of its own, the amphid
// binary under test, waiting for events with a deadline, and an end that leaves nothing alive.

#include "helper/notify.h"
#include "helper/text.h"
#include "proc.h"

#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace amphid::test {

using Words = std::vector<std::string>;

/// How a program is to be started.
struct Launch {
    Words command{};
    Fields environment{};         // added to the fixture's clean one; an empty value removes
    std::string working_folder{}; // empty: the test's folder
    mode_t umask = 0022;
    bool by_systemd = false;   // NOTIFY_SOCKET, INVOCATION_ID, and its own PID in SYSTEMD_EXEC_PID
    bool on_terminal = false;  // leads the session of a new pseudo terminal, which is its 0-2
    bool on_sockets = false;   // stdout and stderr are sockets, as under journald
    std::vector<int> closed{}; // descriptors of 0-2 that are closed
    bool own_group = false;    // in a process group of its own
};

/// What became of a program.
struct Outcome {
    int code = -1;  // exit code, -1 when it was killed or never ended
    int signal = 0; // the signal that killed it
    std::string out;
    std::string err;
    bool pipes_closed = false; // nobody holds its stdout or stderr any more
};

/// A program that runs (or ran) under the fixture's eyes.
struct Program {
    pid_t pid = 0;
    int out = -1;      // our end of its stdout, or the master of its terminal
    int err = -1;      // our end of its stderr, -1 on a terminal
    std::string text;  // read from `out` so far
    std::string error; // read from `err` so far
    std::optional<int> status;
};

class ProcessTest : public ::testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;

    // Files.

    /// A path in the test's folder.
    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    std::string read(const std::string& name) const;
    std::string write(const std::string& name, std::string_view text, mode_t mode = 0644) const;
    std::vector<std::string> lines(const std::string& name) const;
    /// A file of the service: `lock`, `state`, `pid` or `notify` in its runtime directory.
    std::string runtime(const std::string& file = "") const;
    /// The parent of all runtime directories: /run/amphid, or below XDG_RUNTIME_DIR.
    std::string runtime_base() const;

    // The service.

    const std::string& name() const { return name_; }
    /// Writes the configuration; `config()` is its path.
    void configure(std::string_view toml) const { write(name_ + ".toml", toml); }
    std::string config() const { return path(name_ + ".toml"); }
    /// `[service]` with this type and the helper playing these steps.
    static std::string service(const std::string& type, const Words& steps);
    /// One line `exec-start = [ … ]` with the helper playing these steps.
    static std::string serve(const Words& steps);
    /// One command as a TOML array: the helper playing these steps. `prefix` as in "-".
    static std::string played(const Words& steps, const std::string& prefix = "");
    /// One command as a TOML array: a shell script, in which `$` is the shell's own.
    static std::string shell(const std::string& script, const std::string& prefix = "");
    /// One line `key = [ … ]` with these commands.
    static std::string hooks(const std::string& key, const Words& commands);
    /// A TOML string.
    static std::string quoted(std::string_view text);

    // Programs.

    static std::string amphid_binary();
    static std::string helper_binary();
    /// AddressSanitizer needs what some tests take away.
    static bool is_sanitized() { return amphid_binary().find("/asan/") != std::string::npos; }
    Program& spawn(const Launch& launch);
    /// Starts amphid with these words without waiting for it.
    /// What the launch's command already has comes first: `helper container`, `setpriv`…
    Program& spawn_amphid(const Words& words, Launch launch = {});
    /// Runs a command to its end.
    Outcome run(const Launch& launch);
    Outcome amphid(const Words& words, Launch launch = {});
    /// `amphid start`, `stop` and `status` of the service under test.
    Outcome start(const Words& options = {}) { return amphid(with("start", options)); }
    Outcome stop() { return amphid({"stop", config()}); }
    Outcome status(const Words& options = {}) { return amphid(with("status", options)); }
    /// What every failed command's stderr, or state text, must say.
    static void expect_words(const std::string& text, const std::string& words);
    /// Every process of the test is a descendant of it: none is alive.
    void expect_nobody_left();
    /// Starts it, which must work; the PID of its launcher.
    pid_t started(const Words& options = {});
    /// Stops it, which must work and leave neither process nor pid file.
    void stopped();
    /// kill(2), but never of PID 0, 1 or -1, which a missing state file would give.
    static void send_signal(pid_t pid, int number);
    /// Awaits the end of a program.
    Outcome finish(Program& program);

    // Facts.

    /// The state file, empty when there is none.
    Fields state() const;
    std::string state(const std::string& key) const;
    pid_t launcher() const;
    pid_t main_pid() const;
    /// Another main process than that one runs: one state says both.
    bool runs_anew(pid_t before) const;
    /// The helper's --record, which must be there. Ask it with `[]`: what is missing is empty.
    Fields record(const std::string& file) const;

    // Waiting.

    /// Waits until the condition holds; fails the test with the sentence when it never does.
    bool await(const std::string& what, const std::function<bool()>& condition);
    bool await_file(const std::string& file);
    bool await_lines(const std::string& file, std::size_t count);
    bool await_state(const std::string& word);
    bool await_field(const std::string& key, const std::string& value);
    bool await_gone(pid_t pid);
    /// How many descriptors a launcher has open while it sleeps. What others can see of a step is
    /// done before its last descriptor (a sender, the way to the starting command) is closed.
    std::size_t descriptors_at_rest(pid_t pid);
    /// Reaps what has ended, as an init does.
    void reap();
    /// How an orphan that we reaped ended: its code, or 128 + its signal.
    std::optional<int> end_of(pid_t pid) const;

    // The manager that we play for programs started `by_systemd`.

    const std::vector<Datagram>& messages();
    bool await_message(const std::string& line);
    /// Lets the kernel refuse whoever sends descriptors (SO_PASSRIGHTS of Linux 6.16); false where
    /// it cannot.
    bool take_no_descriptors() const;
    /// How many messages have this line, or a line that begins with it when it ends in '='.
    std::size_t count_messages(const std::string& line);

private:
    Words with(const std::string& verb, const Words& options) const;
    void watch_files() const;
    void wait_for_event();
    void take_messages();
    void set_environment(const Launch& launch) const;
    [[noreturn]] void become(const Launch& launch, int out, int err) const;
    void kill_what_is_left();
    void remove_cgroups() const;

    std::string folder_;
    std::string name_;
    int changes_ = -1;
    int child_signal_ = -1;
    int manager_ = -1;
    std::vector<Datagram> messages_;
    std::map<pid_t, int> ended_;
    std::vector<std::unique_ptr<Program>> programs_;
};

} // namespace amphid::test
