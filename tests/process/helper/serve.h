// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// `helper serve STEP…`: the steps of a service's life, taken in order; then it waits for ever.
// A block `{ STEP… }` holds the steps of a child or of a signal handler.

#include "bus.h"
#include "hydra.h"
#include "labour.h"
#include "linger.h"
#include "notify.h"
#include "record.h"
#include "service.h"
#include "sockets.h"
#include "tell.h"

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <fcntl.h>
#include <functional>
#include <pthread.h>
#include <sys/ptrace.h>

namespace amphid::test {

using Words = std::vector<std::string>;

/// One run of steps: the service itself, or a child of it.
struct Player {
    Inbox inbox;
    Words arguments;
    int socket = -1; // the last one that was made
};

inline void play(Player& player, const Words& steps);

[[noreturn]] inline void play_child(const Words& steps) {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    Player child;
    child.arguments = steps;
    play(child, steps);
    child.inbox.wait_for_ever();
}

inline pid_t start_child(const Words& steps) {
    const pid_t child = ::fork();
    if (child == 0)
        play_child(steps);
    return child;
}

inline void start_session_child(const Words& steps) {
    if (::fork() == 0) {
        ::setsid();
        play_child(steps);
    }
}

/// Fills the place of the environment that the kernel shows with NULs; getenv(3) goes on with a
/// copy.
inline void overwrite_environment() {
    static std::vector<std::string> copy;
    static std::vector<char*> pointers;
    char* const begin = environ[0];
    char* end = begin;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        copy.emplace_back(*variable);
        end = *variable + std::strlen(*variable);
    }
    for (std::string& variable : copy)
        pointers.push_back(variable.data());
    pointers.push_back(nullptr);
    environ = pointers.data();
    std::memset(begin, 0, static_cast<std::size_t>(end - begin));
}

/// The signals of a list such as `HUP,TERM`.
inline sigset_t signal_set(const std::string& list) {
    sigset_t set;
    ::sigemptyset(&set);
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        ::sigaddset(&set, signal_number(list.substr(at, end - at)));
        at = end + 1;
    }
    return set;
}

/// Waits for these signals in sigwait(3) for ever, and writes down which came; SIGTERM ends it.
[[noreturn]] inline void wait_for_signals(const std::string& list, const std::string& file) {
    const sigset_t set = signal_set(list);
    for (;;) {
        int number = 0;
        ::sigwait(&set, &number);
        if (number == SIGTERM)
            ::_exit(0);
        append_line(file, signal_word(number));
    }
}

/// A thread that runs for ever.
inline void start_thread(std::function<void()> body) {
    auto* const owned = new std::function<void()>(std::move(body));
    pthread_t thread{};
    const auto run = [](void* argument) -> void* {
        (*static_cast<std::function<void()>*>(argument))();
        return nullptr;
    };
    if (::pthread_create(&thread, nullptr, run, owned) != 0)
        ::_exit(95);
}

/// A daemon as of the textbook: an orphan in a session of its own.
inline void start_orphan(const Words& steps) {
    const pid_t first = ::fork();
    if (first == 0) {
        ::setsid();
        if (::fork() == 0)
            play_child(steps);
        ::_exit(0);
    }
    ::waitpid(first, nullptr, 0);
}

/// READY=1 from a process that is not the main one; it is gone when this returns.
inline void notify_from_child(const std::string& text) {
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(notify(text));
    ::waitpid(child, nullptr, 0);
}

/// Sends a descriptor along and returns when the receiver has closed its copy.
inline void notify_with_descriptor(const std::string& text, std::size_t times = 1) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) < 0)
        return;
    notify(text, ends[1], times);
    ::close(ends[1]);
    pollfd gone{ends[0], 0, 0};
    ::poll(&gone, 1, -1);
    ::close(ends[0]);
}

/// Gives away a socket whose close(2) would wait for ever.
inline void store_lingering(const std::string& name) {
    int peer = -1; // stays open
    const int fd = lingering_socket(600, peer);
    notify("FDSTORE=1\nFDNAME=" + name, fd);
    notify_with_descriptor("BARRIER=1"); // ours is not the last one by then
    ::close(fd);
}

/// What MAINPIDFDID= tells of a process: the inode of its pidfd.
inline std::uint64_t pidfd_number(pid_t pid) {
    const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    struct stat info {};
    const bool known = ::fstat(fd, &info) == 0;
    ::close(fd);
    return known ? info.st_ino : 0;
}

inline std::string monotonic_usec() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::to_string(static_cast<long long>(now.tv_sec) * 1000000 + now.tv_nsec / 1000);
}

/// The number of lines, this start's own included, after a line with our PID was appended.
inline long count_start(const std::string& file) {
    append_line(file, std::to_string(::getpid()));
    const std::string lines = read_file(file).value_or("");
    return static_cast<long>(std::count(lines.begin(), lines.end(), '\n'));
}

/// A step: its name, how many words it takes, whether a block follows, and what it does.
struct Step {
    std::string_view name;
    std::size_t words;
    bool block;
    void (*take)(Player&, const Words&, const Words& block);
};

using P = Player;
using W = const Words;

inline constexpr Step steps_table[] = {
    // Saying something.
    {"--record", 1, false, [](P& p, W& w, W&) { write_file(w[0], record_of_self(p.arguments)); }},
    {"--ready-file", 1, false,
     [](P&, W& w, W&) { write_file(w[0], std::to_string(::getpid()) + "\n"); }},
    {"--append", 1, false, [](P&, W& w, W&) { append_line(w[0], std::to_string(::getpid())); }},
    {"--append-text", 2, false, [](P&, W& w, W&) { append_line(w[0], w[1]); }},
    {"--stdout", 1, false, [](P&, W& w, W&) { write_all(1, w[0] + "\n"); }},
    {"--stderr", 1, false, [](P&, W& w, W&) { write_all(2, w[0] + "\n"); }},
    {"--cat", 0, false, [](P&, W&, W&) { copy_input(); }},
    {"--stderr-raw", 1, false, [](P&, W& w, W&) { write_all(2, unescape(w[0])); }},
    {"--stderr-lines", 1, false,
     [](P&, W& w, W&) {
         for (int line = 1; line <= std::atoi(w[0].c_str()); ++line)
             write_all(2, "line " + std::to_string(line) + "\n");
     }},
    {"--write-mib", 2, false,
     [](P&, W& w, W&) { write_mebibytes(std::atoi(w[0].c_str()), std::atol(w[1].c_str())); }},
    {"--flood-lines", 1, false, [](P&, W& w, W&) { flood_lines(std::atoi(w[0].c_str())); }},
    {"--tell", 2, false,
     [](P&, W& w, W&) { tell(w[0], std::strtoull(w[1].c_str(), nullptr, 10)); }},
    // The notify protocol.
    {"--notify", 0, false, [](P&, W&, W&) { notify("READY=1"); }},
    {"--notify-after", 1, false,
     [](P& p, W& w, W&) {
         p.inbox.await_file(w[0]);
         notify("READY=1");
     }},
    {"--status", 1, false, [](P&, W& w, W&) { notify("STATUS=" + w[0]); }},
    {"--extend", 1, false, [](P&, W& w, W&) { notify("EXTEND_TIMEOUT_USEC=" + w[0]); }},
    {"--stopping", 0, false, [](P&, W&, W&) { notify("STOPPING=1"); }},
    {"--reloading", 0, false,
     [](P&, W&, W&) { notify("RELOADING=1\nMONOTONIC_USEC=" + monotonic_usec()); }},
    {"--send", 1, false, [](P&, W& w, W&) { notify(unescape(w[0])); }},
    {"--send-long", 2, false,
     [](P&, W& w, W&) {
         notify(unescape(w[0]) +
                std::string(static_cast<std::size_t>(std::atol(w[1].c_str())), 'x'));
     }},
    {"--send-times", 2, false,
     [](P&, W& w, W&) { notify_often(unescape(w[0]), std::atol(w[1].c_str())); }},
    {"--send-nul", 1, false, [](P&, W& w, W&) { notify(w[0] + std::string("\0X=1", 4)); }},
    {"--send-fd", 1, false, [](P&, W& w, W&) { notify_with_descriptor(unescape(w[0])); }},
    {"--send-fds", 2, false,
     [](P&, W& w, W&) {
         notify_with_descriptor(unescape(w[0]), static_cast<std::size_t>(std::atol(w[1].c_str())));
     }},
    {"--flood", 1, false, [](P&, W& w, W&) { flood(std::getenv("NOTIFY_SOCKET"), w[0], 0); }},
    {"--barrier", 0, false, [](P&, W&, W&) { notify_with_descriptor("BARRIER=1"); }},
    {"--notify-from-child", 0, false, [](P&, W&, W&) { notify_from_child("READY=1"); }},
    {"--store", 1, false, [](P&, W& w, W&) { store_descriptor(w[0]); }},
    {"--store-many", 1, false, [](P&, W& w, W&) { store_many(std::atol(w[0].c_str())); }},
    {"--store-lingering", 1, false, [](P&, W& w, W&) { store_lingering(w[0]); }},
    {"--store-hung-up", 1, false, [](P&, W& w, W&) { store_hung_up(unescape(w[0])); }},
    {"--store-until-death", 1, false, [](P&, W& w, W&) { store_until_death(unescape(w[0])); }},
    {"--given", 1, false, [](P&, W& w, W&) { write_file(w[0], given_descriptors()); }},
    {"--given-sockets", 1, false, [](P&, W& w, W&) { write_file(w[0], given_sockets()); }},
    {"--unblock", 1, false, [](P&, W& w, W&) { unblock(std::atoi(w[0].c_str())); }},
    {"--serve-given", 1, false, [](P&, W& w, W&) { serve_given(std::atoi(w[0].c_str())); }},
    {"--main-child", 0, true,
     [](P&, W&, W& block) { notify("MAINPID=" + std::to_string(start_child(block))); }},
    {"--main-child-id", 1, true,
     [](P&, W& w, W& block) {
         const pid_t child = start_child(block);
         notify("MAINPID=" + std::to_string(child) + "\nMAINPIDFDID=" +
                std::to_string(pidfd_number(child) + std::strtoull(w[0].c_str(), nullptr, 10)));
     }},
    {"--reloaded", 0, false,
     [](P&, W&, W&) { notify("READY=1\nRELOADING=1\nMONOTONIC_USEC=" + monotonic_usec()); }},
    // Sockets and descriptors.
    {"--listen", 1, false, [](P&, W& w, W&) { listen_at(w[0]); }},
    {"--socket", 2, false, [](P& p, W& w, W&) { p.socket = socket_at(w[0], w[1]); }},
    {"--close-socket", 0, false, [](P& p, W&, W&) { ::close(p.socket); }},
    {"--own-name", 2, false, [](P& p, W& w, W&) { p.socket = own_name(w[0], w[1]); }},
    {"--answer", 2, false, [](P&, W& w, W&) { answer_at(w[0], w[1]); }},
    {"--answer-from", 2, false, [](P&, W& w, W&) { answer_from(w[0], w[1]); }},
    {"--close", 1, false, [](P&, W& w, W&) { ::close(std::atoi(w[0].c_str())); }},
    {"--newline", 1, false, [](P&, W& w, W&) { write_all(std::atoi(w[0].c_str()), "\n"); }},
    {"--undumpable", 0, false, [](P&, W&, W&) { ::prctl(PR_SET_DUMPABLE, 0); }},
    // Signals and files.
    {"--await", 1, false, [](P& p, W& w, W&) { p.inbox.await_file(w[0]); }},
    {"--remove", 1, false, [](P&, W& w, W&) { ::unlink(w[0].c_str()); }},
    {"--block", 1, false,
     [](P&, W& w, W&) {
         const sigset_t set = signal_set(w[0]);
         ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
     }},
    {"--sigwait", 2, false, [](P&, W& w, W&) { wait_for_signals(w[0], w[1]); }},
    {"--thread-sigwait", 2, false,
     [](P&, W& w, W&) { start_thread([w] { wait_for_signals(w[0], w[1]); }); }},
    {"--thread-unblock", 1, false,
     [](P&, W& w, W&) {
         start_thread([set = signal_set(w[0])] {
             ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
             for (;;)
                 ::pause();
         });
     }},
    // Writes over its own environment, as programs do that show a title in ps(1).
    {"--overwrite-environment", 0, false, [](P&, W&, W&) { overwrite_environment(); }},
    {"--ignore", 1, false, [](P&, W& w, W&) { ::signal(signal_number(w[0]), SIG_IGN); }},
    {"--log-signals", 1, false, [](P& p, W& w, W&) { p.inbox.log_to(w[0]); }},
    {"--on", 1, true,
     [](P& p, W& w, W& block) {
         p.inbox.handle(signal_number(w[0]), [&p, block] { play(p, block); });
     }},
    {"--exit-on", 1, false,
     [](P& p, W& w, W&) {
         const std::size_t colon = w[0].find(':');
         const int code = std::atoi(w[0].substr(colon + 1).c_str());
         p.inbox.handle(signal_number(w[0].substr(0, colon)), [code] { ::_exit(code); });
     }},
    {"--raise", 1, false, [](P&, W& w, W&) { ::kill(::getpid(), signal_number(w[0])); }},
    {"--signal-parent", 1, false, [](P&, W& w, W&) { ::kill(::getppid(), signal_number(w[0])); }},
    {"--traceme", 0, false, [](P&, W&, W&) { ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }},
    // Children.
    {"--child", 0, true, [](P&, W&, W& block) { start_child(block); }},
    {"--child-session", 0, true, [](P&, W&, W& block) { start_session_child(block); }},
    {"--child-orphan", 0, true, [](P&, W&, W& block) { start_orphan(block); }},
    {"--fork", 1, false,
     [](P&, W& w, W&) {
         for (int i = 0; i < std::atoi(w[0].c_str()); ++i)
             start_child({});
     }},
    {"--setsid-child", 0, false, [](P&, W&, W&) { start_session_child({}); }},
    {"--double-fork", 0, false, [](P&, W&, W&) { start_orphan({}); }},
    {"--hydra", 2, false, [](P&, W& w, W&) { Hydra(std::atoi(w[0].c_str()), w[1]); }},
    {"--hop", 1, false,
     [](P&, W& w, W&) { start_hopping(static_cast<unsigned>(std::atoi(w[0].c_str()))); }},
    // Ends, at once or when something holds.
    {"--exit", 1, false, [](P&, W& w, W&) { ::_exit(std::atoi(w[0].c_str())); }},
    {"--die", 1, false, [](P&, W& w, W&) { die_of(signal_number(w[0])); }},
    {"--exit-first", 3, false,
     [](P&, W& w, W&) {
         if (count_start(w[0]) <= std::atol(w[1].c_str()))
             ::_exit(std::atoi(w[2].c_str()));
     }},
    {"--die-first", 3, false,
     [](P&, W& w, W&) {
         if (count_start(w[0]) <= std::atol(w[1].c_str()))
             die_of(signal_number(w[2]));
     }},
    {"--if-exists", 1, true,
     [](P& p, W& w, W& block) {
         if (exists(w[0]))
             play(p, block);
     }},
    {"--hog", 0, false,
     [](P& p, W&, W&) {
         for (;;)
             p.inbox.handle_pending();
     }},
};

inline const Step* find_step(std::string_view name) {
    for (const Step& step : steps_table)
        if (step.name == name)
            return &step;
    return nullptr;
}

[[noreturn]] inline void refuse_step(const std::string& step) {
    write_all(2, "helper: bad step " + step + "\n");
    ::_exit(99);
}

/// The words between the brace at `at` and its partner; `at` moves behind the partner.
inline Words take_block(const Words& steps, std::size_t& at) {
    Words block;
    int depth = 0;
    for (; at < steps.size(); ++at) {
        if (steps[at] == "}" && --depth == 0) {
            ++at;
            return block;
        }
        if (depth > 0)
            block.push_back(steps[at]);
        if (steps[at] == "{")
            ++depth;
        if (depth == 0)
            break;
    }
    refuse_step("without a closed block");
}

inline void play(Player& player, const Words& steps) {
    for (std::size_t at = 0; at < steps.size();) {
        const Step* step = find_step(steps[at]);
        if (step == nullptr || at + step->words >= steps.size())
            refuse_step(steps[at]);
        const auto first = steps.begin() + static_cast<std::ptrdiff_t>(at) + 1;
        const Words words(first, first + static_cast<std::ptrdiff_t>(step->words));
        at += 1 + step->words;
        const Words block = step->block ? take_block(steps, at) : Words();
        step->take(player, words, block);
    }
}

/// Plays the service. Returns only when a wait is impossible, which never happens.
inline int serve(const Words& steps) {
    Player player;
    player.arguments = steps;
    play(player, steps);
    player.inbox.wait_for_ever();
}

} // namespace amphid::test
