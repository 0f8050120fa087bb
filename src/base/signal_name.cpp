// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/signal_name.h"

#include "base/text.h"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>

namespace amphid {
namespace {

struct SignalName {
    int signal;
    std::string_view name;
};

constexpr SignalName signal_names[] = {
    {SIGHUP, "HUP"},       {SIGINT, "INT"},       {SIGQUIT, "QUIT"}, {SIGILL, "ILL"},
    {SIGTRAP, "TRAP"},     {SIGABRT, "ABRT"},     {SIGBUS, "BUS"},   {SIGFPE, "FPE"},
    {SIGKILL, "KILL"},     {SIGUSR1, "USR1"},     {SIGSEGV, "SEGV"}, {SIGUSR2, "USR2"},
    {SIGPIPE, "PIPE"},     {SIGALRM, "ALRM"},     {SIGTERM, "TERM"},
#ifdef SIGSTKFLT
    {SIGSTKFLT, "STKFLT"},
#endif
    {SIGCHLD, "CHLD"},     {SIGCONT, "CONT"},     {SIGSTOP, "STOP"}, {SIGTSTP, "TSTP"},
    {SIGTTIN, "TTIN"},     {SIGTTOU, "TTOU"},     {SIGURG, "URG"},   {SIGXCPU, "XCPU"},
    {SIGXFSZ, "XFSZ"},     {SIGVTALRM, "VTALRM"}, {SIGPROF, "PROF"}, {SIGWINCH, "WINCH"},
    {SIGIO, "IO"},         {SIGPWR, "PWR"},       {SIGSYS, "SYS"},
};

// systemd reads numbers with strtol() in base 0: a sign, "0x" and a leading 0 count.
std::optional<int> parse_number(std::string_view text) {
    const std::string copy(text);
    char* end = nullptr;
    errno = 0;
    const long number = std::strtol(copy.c_str(), &end, 0);
    if (errno != 0 || copy.empty() || end == copy.c_str() || end != copy.c_str() + copy.size() ||
        number < INT_MIN || number > INT_MAX) {
        return std::nullopt;
    }
    return static_cast<int>(number);
}

// The text behind RTMIN or RTMAX: empty, or a signed offset.
std::optional<int> parse_distance(std::string_view text, char sign) {
    if (text.empty()) {
        return 0;
    }
    const std::optional<int> distance = parse_number(text);
    const int reach = SIGRTMAX - SIGRTMIN;
    if (text.front() != sign || !distance || *distance > reach || *distance < -reach) {
        return std::nullopt;
    }
    return distance;
}

} // namespace

std::optional<int> parse_signal(std::string_view text) {
    if (const std::optional<int> number = parse_number(text)) {
        return *number > 0 && *number <= SIGRTMAX ? number : std::nullopt;
    }
    constexpr std::string_view prefix = "SIG";
    constexpr std::string_view first = "RTMIN";
    constexpr std::string_view last = "RTMAX";
    if (text.starts_with(prefix)) {
        text.remove_prefix(prefix.size());
    }
    for (const SignalName& entry : signal_names) {
        if (entry.name == text) {
            return entry.signal;
        }
    }
    if (text.starts_with(first)) {
        const std::optional<int> distance = parse_distance(text.substr(first.size()), '+');
        return distance ? std::optional(SIGRTMIN + *distance) : std::nullopt;
    }
    if (text.starts_with(last)) {
        const std::optional<int> distance = parse_distance(text.substr(last.size()), '-');
        return distance ? std::optional(SIGRTMAX + *distance) : std::nullopt;
    }
    return std::nullopt;
}

std::string nearest_signal(std::string_view text) {
    std::string wanted;
    for (const char c : text) {
        wanted += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    if (wanted.starts_with("SIG")) {
        wanted.erase(0, 3);
    }
    std::vector<std::string_view> names;
    for (const SignalName& entry : signal_names) {
        names.push_back(entry.name);
    }
    const std::string_view near = nearest(wanted, names);
    return near.empty() ? std::string() : concat("SIG", near);
}

std::string signal_name(int signal) {
    for (const SignalName& entry : signal_names) {
        if (entry.signal == signal) {
            return "SIG" + std::string(entry.name);
        }
    }
    if (signal >= SIGRTMIN && signal <= SIGRTMAX) {
        return "SIGRTMIN+" + std::to_string(signal - SIGRTMIN);
    }
    return std::to_string(signal);
}

} // namespace amphid
