// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/process.h"

#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid {

namespace {

/// The offset of the boot clock in our time namespace, in ticks of a start time.
std::uint64_t read_start_time_offset() {
    constexpr std::string_view initial = "time:[4026531834]"; // PROC_TIME_INIT_INO
    std::array<char, initial.size() + 1> link;
    const ssize_t size = ::readlink("/proc/self/ns/time", link.data(), link.size());
    if (size <= 0 || std::string_view(link.data(), static_cast<std::size_t>(size)) == initial) {
        return 0; // as always, or before Linux 5.6
    }
    const std::string text = read_small_file(AT_FDCWD, "/proc/self/timens_offsets").value_or("");
    std::vector<std::string_view> words; // of a line "boottime SECONDS NANOSECONDS"
    for (const std::string_view line : split(text, '\n')) {
        for (const std::string_view word : split(line.starts_with("boottime") ? line : "", ' ')) {
            if (!word.empty()) {
                words.push_back(word);
            }
        }
    }
    const auto seconds = parse_number<std::int64_t>(words.size() == 3 ? words[1] : "");
    const auto nanoseconds = parse_number<std::int64_t>(words.size() == 3 ? words[2] : "");
    if (!seconds || !nanoseconds) {
        return 0;
    }
    const std::int64_t ticks = ::sysconf(_SC_CLK_TCK);
    return static_cast<std::uint64_t>(*seconds * ticks + *nanoseconds / (1'000'000'000 / ticks));
}

} // namespace

std::uint64_t start_time_offset() {
    static const std::uint64_t offset = read_start_time_offset(); // never another one
    return offset;
}

std::optional<ProcessStat> read_stat(int pid) {
    const auto text = read_small_file(AT_FDCWD, concat("/proc/", pid, "/stat").c_str());
    // The name in parentheses may contain anything, even parentheses.
    const auto name_end = text ? text->rfind(')') : std::string::npos;
    if (name_end == std::string::npos || name_end + 2 >= text->size()) {
        return std::nullopt;
    }
    constexpr std::size_t ppid_field = 4 - 3;
    constexpr std::size_t group_field = 5 - 3;
    constexpr std::size_t session_field = 6 - 3;
    constexpr std::size_t start_time_field = 22 - 3;
    constexpr std::size_t exit_signal_field = 38 - 3;
    std::array<std::string_view, exit_signal_field + 1> fields; // empty where the text ends
    std::string_view rest = std::string_view(*text).substr(name_end + 2);
    for (std::string_view& field : fields) {
        field = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(field.size() + 1, rest.size()));
    }
    const auto ppid = parse_number<int>(fields[ppid_field]);
    const auto group = parse_number<int>(fields[group_field]);
    const auto session = parse_number<int>(fields[session_field]);
    const auto start_time = parse_number<std::uint64_t>(fields[start_time_field]);
    const auto exit_signal = parse_number<int>(fields[exit_signal_field]);
    if (fields[0].empty() || !ppid || !group || !session || !start_time || !exit_signal) {
        return std::nullopt;
    }
    return ProcessStat{fields[0][0], *ppid, *group, *session, *start_time - start_time_offset(),
                       *exit_signal};
}

bool runs_our_program(int pid) {
    struct stat theirs {};
    struct stat ours {};
    return ::stat(concat("/proc/", pid, "/exe").c_str(), &theirs) == 0 &&
           ::stat("/proc/self/exe", &ours) == 0 && theirs.st_dev == ours.st_dev &&
           theirs.st_ino == ours.st_ino;
}

std::string read_boot_id() {
    auto text = read_small_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id").value_or("");
    text.resize(text.find_last_not_of('\n') + 1);
    return text;
}

bool may_be_this_boot(const std::string& boot_id) {
    const std::string now = read_boot_id();
    return boot_id.empty() || now.empty() || boot_id == now;
}

std::string read_status(int pid) {
    return read_small_file(AT_FDCWD, concat("/proc/", pid, "/status").c_str()).value_or("");
}

std::string_view status_field(std::string_view status, std::string_view name) {
    const std::string label = concat('\n', name, ":\t");
    const auto at = status.find(label);
    if (at == std::string_view::npos) {
        return {};
    }
    status.remove_prefix(at + label.size());
    return status.substr(0, status.find('\n'));
}

namespace {

/// True if that mask ("SigIgn", "SigCgt", "SigBlk") contains the signal.
bool has_signal(std::string_view status, std::string_view mask, int signal) {
    const std::string_view text = status_field(status, mask);
    std::uint64_t bits = 0;
    std::from_chars(text.data(), text.data() + text.size(), bits, 16);
    return ((bits >> (signal - 1)) & 1) != 0;
}

} // namespace

bool ignores(int pid, int signal) {
    return has_signal(read_status(pid), "SigIgn", signal);
}

bool has_pending(int pid, int signal) {
    return has_signal(read_status(pid), "ShdPnd", signal);
}

namespace {

/// True if the thread sleeps in sigwait(3) or the like for that signal. Meanwhile the kernel
/// removes the signal from the thread's mask, so by SigBlk alone the thread would seem to die of
/// it; but the real mask is remembered, so the signal never has its default effect
/// (complete_signal() in kernel/signal.c asks for `real_blocked`).
bool waits_for(const std::string& thread, int signal) {
    const std::string text = read_small_file(AT_FDCWD, concat(thread, "/syscall").c_str())
                                 .value_or(""); // "NUMBER 0xFIRST 0xSECOND …", or "running"
    const auto fields = split(text, ' ');
    constexpr long with_64_bit_time = 421; // rt_sigtimedwait_time64, which 32-bit programs call
    const auto number = parse_number<long>(fields.front());
    if (fields.size() < 2 || (number != SYS_rt_sigtimedwait && number != with_64_bit_time)) {
        return false;
    }
    std::uint64_t address = 0;
    const std::string_view digits = fields[1].substr(std::min<std::size_t>(2, fields[1].size()));
    std::from_chars(digits.data(), digits.data() + digits.size(), address, 16);
    const Fd memory(::open(concat(thread, "/mem").c_str(), O_RDONLY | O_CLOEXEC));
    std::uint64_t awaited = 0;
    return memory &&
           ::pread(memory.get(), &awaited, sizeof awaited, static_cast<off_t>(address)) ==
               static_cast<ssize_t>(sizeof awaited) &&
           ((awaited >> (signal - 1)) & 1) != 0;
}

bool leaves_it_pending(const std::string& thread, int signal) {
    const auto blocks = [&] {
        const auto status = read_small_file(AT_FDCWD, concat(thread, "/status").c_str());
        return !status || has_signal(*status, "SigBlk", signal); // gone: it cannot die of it
    };
    // Between the two reads it may return from sigwait, which restores its mask.
    return blocks() || waits_for(thread, signal) || blocks();
}

} // namespace

bool dies_of(int pid, int signal) {
    const std::string status = read_status(pid);
    if (status.empty() || signal == SIGCHLD || signal == SIGCONT || signal == SIGURG ||
        signal == SIGWINCH || has_signal(status, "SigIgn", signal) ||
        has_signal(status, "SigCgt", signal)) {
        return false;
    }
    const auto thread = [&](int tid) { return concat("/proc/", pid, "/task/", tid); };
    // complete_signal() again: the first thread takes it unless it blocks it, then any other.
    if (!has_signal(status, "SigBlk", signal)) {
        return !leaves_it_pending(thread(pid), signal);
    }
    const auto threads = numbers_in(concat("/proc/", pid, "/task"));
    return std::any_of(threads.begin(), threads.end(), [&](int tid) {
        return tid != pid && !leaves_it_pending(thread(tid), signal);
    });
}

ProcessId identify(int pid, const std::string& boot_id) {
    const auto stat = read_stat(pid);
    return ProcessId{pid, stat ? stat->start_time : 0, boot_id};
}

std::optional<std::uint64_t> pidfd_id(int pid) {
    const Fd fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    struct statfs filesystem {};
    struct stat st {};
    constexpr long pidfs = 0x50494446; // PID_FS_MAGIC; before, all shared one anonymous inode
    const bool told = fd && ::fstatfs(fd.get(), &filesystem) == 0 && filesystem.f_type == pidfs &&
                      ::fstat(fd.get(), &st) == 0;
    return told ? std::optional<std::uint64_t>(st.st_ino) : std::nullopt;
}

Fd open_process(const ProcessId& id) {
    if (id.pid <= 0 || !may_be_this_boot(id.boot_id)) {
        return {};
    }
    Fd fd(static_cast<int>(::syscall(SYS_pidfd_open, id.pid, 0)));
    if (!fd && errno != ESRCH && errno != EINVAL) { // EINVAL: the number is now a thread's
        throw OsError("cannot open a pidfd for", concat("/proc/", id.pid));
    }
    // Read while the pidfd is open: the PID belongs to this process as long as it lives.
    const auto stat = fd ? read_stat(id.pid) : std::nullopt;
    if (fd && !stat && !await_end(fd, 0)) {
        throw OsError("cannot read", concat("/proc/", id.pid, "/stat"), "it is not readable", EIO);
    }
    const bool same = stat && stat->start_time == id.start_time && stat->state != 'Z';
    return same ? std::move(fd) : Fd();
}

Fd try_open_process(const ProcessId& id) {
    try {
        return open_process(id);
    } catch (const OsError&) {
        return {};
    }
}

bool send_signal(const Fd& process, int signal) {
    return ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) == 0;
}

namespace {

bool send_with_word(const Fd& process, int signal, int word) {
    siginfo_t info{};
    info.si_signo = signal;
    info.si_code = SI_QUEUE;
    info.si_pid = ::getpid();
    info.si_uid = ::getuid();
    info.si_value.sival_int = word;
    const auto send = [&](const siginfo_t* with) {
        return ::syscall(SYS_pidfd_send_signal, process.get(), signal, with, 0) == 0;
    };
    // RLIMIT_SIGPENDING is the user's, and kill(2) is not bound by it.
    return (word != 0 && send(&info)) || ((word == 0 || errno == EAGAIN) && send(nullptr));
}

} // namespace

bool send_signal_as(uid_t owner, const Fd& process, int signal, int word) {
    if (owner == ::geteuid()) {
        return send_with_word(process, signal, word);
    }
    const pid_t child = ::fork();
    if (child == 0) {
        const bool changed = ::setgroups(0, nullptr) == 0 && ::setresuid(owner, owner, owner) == 0;
        ::_exit(changed && send_with_word(process, signal, word) ? 0 : errno);
    }
    int status = 0;
    for (pid_t ended = 0; child > 0 && ended != child;) {
        ended = ::waitpid(child, &status, WUNTRACED);
        if (ended == child && WIFSTOPPED(status)) {
            ::kill(child, SIGCONT); // that user may stop it, and we continue it
            ended = 0;
        } else if (ended < 0 && errno != EINTR) {
            break;
        }
    }
    errno = child < 0 ? errno : WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
    return child > 0 && errno == 0;
}

bool is_end(int pid, int status) {
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
        return true;
    }
    if (!WIFSTOPPED(status)) {
        return false;
    }
    std::intptr_t signal = WSTOPSIG(status);
    siginfo_t info{};
    // The SIGTRAP that execve(2) sends to a traced process.
    if (signal == SIGTRAP && ::ptrace(PTRACE_GETSIGINFO, pid, nullptr, &info) == 0 &&
        info.si_code == SI_USER && info.si_pid == pid) {
        signal = 0;
    }
    ::ptrace(PTRACE_DETACH, pid, nullptr, reinterpret_cast<void*>(signal));
    return false;
}

bool has_its_number(const Fd& process) {
    return send_signal(process, 0) || errno != ESRCH;
}

bool await_end(const Fd& process, int timeout_ms) {
    pollfd fd{process.get(), POLLIN, 0};
    int n = 0;
    do {
        n = ::poll(&fd, 1, timeout_ms);
    } while (n < 0 && errno == EINTR && timeout_ms < 0);
    return n > 0;
}

} // namespace amphid
