// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// Small pieces of text that the helper program and the fixture of the process tests share.

#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace amphid::test {

/// Makes one line of any text: backslash and newline become `\\` and `\n`.
inline std::string escape(std::string_view text) {
    std::string line;
    for (const char c : text) {
        if (c == '\\')
            line += "\\\\";
        else if (c == '\n')
            line += "\\n";
        else
            line += c;
    }
    return line;
}

/// The reverse of `escape`; also takes `\xHH` for a byte that TOML cannot hold.
inline std::string unescape(std::string_view line) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] != '\\' || i + 1 == line.size()) {
            text += line[i];
        } else if (line[++i] == 'x' && i + 2 < line.size()) {
            text += static_cast<char>(
                std::strtol(std::string(line.substr(i + 1, 2)).c_str(), nullptr, 16));
            i += 2;
        } else {
            text += line[i] == 'n' ? '\n' : line[i];
        }
    }
    return text;
}

inline constexpr std::pair<std::string_view, int> signal_names[] = {
    {"HUP", SIGHUP},     {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"ILL", SIGILL},
    {"TRAP", SIGTRAP},   {"ABRT", SIGABRT}, {"BUS", SIGBUS},   {"FPE", SIGFPE},
    {"KILL", SIGKILL},   {"USR1", SIGUSR1}, {"SEGV", SIGSEGV}, {"USR2", SIGUSR2},
    {"PIPE", SIGPIPE},   {"ALRM", SIGALRM}, {"TERM", SIGTERM}, {"CHLD", SIGCHLD},
    {"CONT", SIGCONT},   {"STOP", SIGSTOP}, {"TSTP", SIGTSTP}, {"TTIN", SIGTTIN},
    {"TTOU", SIGTTOU},   {"URG", SIGURG},   {"XCPU", SIGXCPU}, {"VTALRM", SIGVTALRM},
    {"WINCH", SIGWINCH}, {"IO", SIGIO},     {"PWR", SIGPWR},   {"SYS", SIGSYS},
};

/// The number of a signal given as `TERM`, `SIGTERM`, `RTMIN+3` or `15`; 0 when there is none.
inline int signal_number(std::string_view name) {
    if (name.substr(0, 3) == "SIG")
        name.remove_prefix(3);
    for (const auto& [known, number] : signal_names)
        if (known == name)
            return number;
    if (name.substr(0, 6) == "RTMIN+")
        return SIGRTMIN + std::atoi(std::string(name.substr(6)).c_str());
    return std::atoi(std::string(name).c_str());
}

/// `TERM` for 15, `RTMIN+3` for a real-time signal.
inline std::string signal_word(int number) {
    for (const auto& [name, known] : signal_names)
        if (known == number)
            return std::string(name);
    if (number >= SIGRTMIN)
        return "RTMIN+" + std::to_string(number - SIGRTMIN);
    return std::to_string(number);
}

} // namespace amphid::test
