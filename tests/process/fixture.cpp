// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "fixture.h"

#include "helper/file.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid::test {

namespace {

/// What each process below the test is doing.
std::string predicaments() {
    std::string lines;
    for (const pid_t pid : descendants_of(::getpid(), true))
        lines += "\n    " + predicament_of(pid);
    return lines;
}

/// The deadline of each wait, for what takes milliseconds: a machine may be busy.
constexpr std::chrono::seconds deadline{60};

/// A number that no other test of this process has.
unsigned next_number() {
    static unsigned last = 0;
    return ++last;
}

std::string make_folder() {
    const char* parent = std::getenv("TMPDIR");
    std::string folder = std::string(parent != nullptr ? parent : "/tmp") + "/amphid-XXXXXX";
    return ::mkdtemp(folder.data()) == nullptr ? std::string() : folder;
}

} // namespace

void ProcessTest::SetUp() {
    // Whatever a test leaves behind becomes our child and can be found.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::umask(0022);
    sigset_t child;
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child, nullptr);
    child_signal_ = ::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    changes_ = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    folder_ = make_folder();
    ASSERT_FALSE(folder_.empty());
    ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
    // Who runs these tests in another PID namespace shares our cgroups, and knows no other names.
    struct stat pids {};
    ASSERT_EQ(::stat("/proc/self/ns/pid", &pids), 0);
    name_ = "t" + std::to_string(pids.st_ino % 100000) + "-" + std::to_string(::getpid()) + "-" +
            std::to_string(next_number());
    ASSERT_EQ(::mkdir(path("xdg").c_str(), 0700), 0);
    manager_ = bind_notify(path("manager"));
    ASSERT_GE(manager_, 0);
}

void ProcessTest::TearDown() {
    kill_what_is_left();
    remove_cgroups();
    for (const auto& program : programs_) {
        for (const int end : {program->out, program->err})
            if (end >= 0)
                ::close(end);
    }
    for (const int fd : {child_signal_, changes_, manager_})
        ::close(fd);
    std::error_code ignored;
    if (HasFailure())
        std::cerr << "the test's files are kept in " << folder_ << "\n";
    else
        std::filesystem::remove_all(folder_, ignored);
    if (::getuid() == 0)
        std::filesystem::remove_all(runtime_base() + "/" + name_, ignored);
}

/// Where the launcher was killed, or left processes on purpose, nobody has removed them.
void ProcessTest::remove_cgroups() const {
    std::error_code ignored;
    const std::filesystem::path place = std::filesystem::path(state("cgroup")).parent_path();
    for (const auto& entry : std::filesystem::directory_iterator(place, ignored))
        if (entry.path().filename().string().starts_with("amphid." + name_ + "."))
            ::rmdir(entry.path().c_str());
}

void ProcessTest::kill_what_is_left() {
    reap();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    std::vector<pid_t> left = descendants_of(::getpid());
    while (!left.empty() && std::chrono::steady_clock::now() < until) {
        wait_for_event();
        left = descendants_of(::getpid());
    }
    std::string names;
    for (const pid_t pid : left)
        names += "\n  " + std::to_string(pid) + " " + command_line_of(pid);
    EXPECT_TRUE(left.empty()) << "the test left processes:" << names;
    while (!left.empty()) {
        for (const pid_t pid : left)
            ::kill(pid, SIGKILL);
        wait_for_event();
        left = descendants_of(::getpid());
    }
    reap();
}

std::string ProcessTest::runtime_base() const {
    return ::getuid() == 0 ? "/run/amphid" : path("xdg") + "/amphid";
}

std::string ProcessTest::runtime(const std::string& file) const {
    const std::string folder = runtime_base() + "/" + name_;
    return file.empty() ? folder : folder + "/" + file;
}

std::string ProcessTest::read(const std::string& name) const {
    return read_file(path(name)).value_or("");
}

std::string ProcessTest::write(const std::string& name, std::string_view text, mode_t mode) const {
    EXPECT_TRUE(write_file(path(name), text, mode)) << path(name);
    return path(name);
}

std::vector<std::string> ProcessTest::lines(const std::string& name) const {
    std::istringstream text(read(name));
    std::vector<std::string> found;
    for (std::string line; std::getline(text, line);)
        found.push_back(line);
    return found;
}

std::string ProcessTest::quoted(std::string_view text) {
    std::string toml = "\"";
    for (const char c : text) {
        char escaped[8];
        if (c == '"' || c == '\\')
            toml += '\\';
        if (c >= 0 && c < ' ') {
            std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
            toml += escaped;
        } else {
            toml += c;
        }
    }
    return toml + '"';
}

std::string ProcessTest::played(const Words& steps, const std::string& prefix) {
    std::string array = "[" + quoted(prefix + helper_binary()) + ", \"serve\"";
    for (const std::string& step : steps)
        array += ", " + quoted(step);
    return array + "]";
}

std::string ProcessTest::shell(const std::string& script, const std::string& prefix) {
    return "[" + quoted(prefix + ":/bin/sh") + ", \"-c\", " + quoted(script) + "]";
}

std::string ProcessTest::hooks(const std::string& key, const Words& commands) {
    std::string line = key + " = [";
    for (const std::string& command : commands)
        line += command + ", ";
    return line + "]\n";
}

std::string ProcessTest::serve(const Words& steps) {
    return "exec-start = " + played(steps) + "\n";
}

std::string ProcessTest::service(const std::string& type, const Words& steps) {
    return "[service]\ntype = " + quoted(type) + "\n" + serve(steps);
}

Fields ProcessTest::state() const {
    return parse_fields(read_file(runtime("state")).value_or(""));
}

std::string ProcessTest::state(const std::string& key) const {
    const Fields all = state();
    const auto found = all.find(key);
    return found == all.end() ? std::string() : found->second;
}

pid_t ProcessTest::launcher() const {
    return std::atoi(state("launcher.pid").c_str());
}

pid_t ProcessTest::main_pid() const {
    return std::atoi(state("main.pid").c_str());
}

bool ProcessTest::runs_anew(pid_t before) const {
    const pid_t main = main_pid(); // a new one stays: what is read after it is its own
    return main > 0 && main != before && state("state") == "running";
}

Fields ProcessTest::record(const std::string& file) const {
    const auto text = read_file(path(file));
    EXPECT_TRUE(text) << "the service has not written its record " << file;
    return parse_fields(text.value_or(""));
}

Words ProcessTest::with(const std::string& verb, const Words& options) const {
    Words words{verb, config()};
    words.insert(words.end(), options.begin(), options.end());
    return words;
}

void ProcessTest::expect_words(const std::string& text, const std::string& words) {
    EXPECT_NE(text.find(words), std::string::npos) << words << "\nis not in\n" << text;
}

void ProcessTest::expect_nobody_left() {
    reap();
    for (const pid_t pid : descendants_of(::getpid()))
        ADD_FAILURE() << pid << " " << command_line_of(pid) << " is left";
}

pid_t ProcessTest::started(const Words& options) {
    const Outcome outcome = start(options);
    EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    EXPECT_EQ(state("state"), "running");
    return launcher();
}

void ProcessTest::stopped() {
    const pid_t pid = launcher();
    const pid_t main = main_pid();
    const Outcome outcome = stop();
    EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    EXPECT_FALSE(is_alive(pid)) << "the launcher outlived stop";
    EXPECT_FALSE(is_alive(main)) << "the main process outlived stop";
    EXPECT_FALSE(exists(runtime("pid"))) << "the pid file outlived stop";
    EXPECT_FALSE(exists(state("cgroup"))) << "the cgroup outlived stop";
}

// Waiting.

bool ProcessTest::await(const std::string& what, const std::function<bool()>& condition) {
    const auto until = std::chrono::steady_clock::now() + deadline;
    for (;;) {
        watch_files();
        if (condition())
            return true;
        if (std::chrono::steady_clock::now() > until) {
            ADD_FAILURE() << "waited in vain for " << what << predicaments() << "\nstate file:\n"
                          << read_file(runtime("state")).value_or("(none)");
            return false;
        }
        wait_for_event();
    }
}

bool ProcessTest::await_file(const std::string& file) {
    return await("the file " + file, [&] { return exists(path(file)); });
}

bool ProcessTest::await_lines(const std::string& file, std::size_t count) {
    return await(std::to_string(count) + " lines in " + file,
                 [&] { return lines(file).size() >= count; });
}

bool ProcessTest::await_state(const std::string& word) {
    return await_field("state", word);
}

bool ProcessTest::await_field(const std::string& key, const std::string& value) {
    return await(key + "=" + value + " in the state file", [&] { return state(key) == value; });
}

std::size_t ProcessTest::descriptors_at_rest(pid_t pid) {
    std::size_t count = 0;
    const auto sleeps = [pid] {
        const auto stat = stat_of(pid);
        return stat && stat->state == 'S';
    };
    await("the launcher to fall asleep and hold no sender of a message any more", [&] {
        const bool slept = sleeps();
        const auto all = descriptors_of(pid);
        count = all.size();
        return slept && sleeps() && std::none_of(all.begin(), all.end(), [](const auto& one) {
                   return one.second.find("pidfd") != std::string::npos;
               });
    });
    return count;
}

bool ProcessTest::await_gone(pid_t pid) {
    return await("the end of process " + std::to_string(pid) + " " + command_line_of(pid),
                 [&] { return !is_alive(pid); });
}

const std::vector<Datagram>& ProcessTest::messages() {
    take_messages();
    return messages_;
}

std::size_t ProcessTest::count_messages(const std::string& line) {
    std::size_t count = 0;
    for (const Datagram& message : messages()) {
        std::istringstream text(message.text);
        for (std::string one; std::getline(text, one);)
            if (line.back() == '=' ? one.starts_with(line) : one == line)
                ++count;
    }
    return count;
}

bool ProcessTest::await_message(const std::string& line) {
    return await("the message " + line + " to the manager",
                 [&] { return count_messages(line) > 0; });
}

} // namespace amphid::test
