// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/hints.h"

#include "base/text.h"

#include <algorithm>

namespace amphid {

namespace {

using Found = std::optional<std::string>;

std::string_view name_of_program(const Command& command) {
    const std::string_view path = command.path;
    return path.substr(path.find_last_of('/') + 1);
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::string_view (&words)[N]) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

/// Programs whose arguments are shell code or a whole command.
bool runs_a_shell(const Command& command) {
    constexpr std::string_view shells[] = {"sh",   "bash", "dash", "zsh",   "ksh",  "ash", "fish",
                                           "mksh", "su",   "ssh",  "xargs", "find", "awk", "perl"};
    const bool by_argument = std::any_of(command.argv.begin(), command.argv.end(), [&](auto& word) {
        return is_one_of(std::string_view(word).substr(word.find_last_of('/') + 1), shells);
    });
    return by_argument || is_one_of(name_of_program(command), shells);
}

Found shell_syntax(const Command& command) {
    constexpr std::string_view operators[] = {"|", "||", "&&", ";",   "&",    ">", ">>",
                                              "<", "<<", "2>", "2>>", "2>&1", "&>"};
    if (runs_a_shell(command)) {
        return std::nullopt;
    }
    for (std::size_t i = 1; i < command.argv.size(); ++i) {
        const std::string& word = command.argv[i];
        const bool substitutes =
            word.find("$(") != std::string::npos || word.find('`') != std::string::npos;
        const bool redirects =
            word.size() > 1 &&
            (word.starts_with(">/") || word.starts_with(">>/") || word.starts_with("2>"));
        if (substitutes || redirects || is_one_of(word, operators)) {
            return concat('\'', word,
                          "' is an ordinary argument, since no shell runs the command; if you need "
                          "one: [\"/bin/sh\", \"-c\", \"…\"]");
        }
        if (word.starts_with("~/")) {
            return concat('\'', word,
                          "' is not expanded, since no shell runs the command; write "
                          "the whole path");
        }
    }
    return std::nullopt;
}

/// The specifiers of systemd.unit(5) that service units use, alone or as part of a name.
Found specifier(const Command& command) {
    for (const std::string& word : command.argv) {
        for (const std::string_view known : {"%i", "%I", "%n", "%N"}) {
            const auto at = word.find(known);
            const bool doubled = at != std::string::npos && at > 0 && word[at - 1] == '%';
            if (at != std::string::npos && !doubled) {
                return concat('\'', known, "' in '", word,
                              "' is passed on literally: only %i and %I are expanded, in the file "
                              "of a template (NAME@.toml)");
            }
        }
    }
    return std::nullopt;
}

} // namespace

Position place_of(const Config& config, std::string_view key) {
    const auto found = config.origins.find(key);
    return found == config.origins.end() ? Position{} : found->second;
}

std::vector<KeyedCommand> commands_of(const Config& config) {
    const ServiceTable& service = config.service;
    std::vector<KeyedCommand> out;
    const auto add = [&](std::string_view key, const std::vector<Command>& list) {
        for (const Command& command : list) {
            out.push_back({key, &command});
        }
    };
    add("service.exec-condition", service.exec_condition.list);
    add("service.exec-start-pre", service.exec_start_pre.list);
    add("service.exec-start", service.exec_start.list);
    add("service.exec-start-post", service.exec_start_post.list);
    add("service.exec-reload", service.exec_reload.list);
    add("service.exec-stop", service.exec_stop.list);
    add("service.exec-stop-post", service.exec_stop_post.list);
    add("service.on-success", service.on_success.list);
    add("service.on-failure", service.on_failure.list);
    if (config.ready.command) {
        out.push_back({"ready.command", &*config.ready.command});
    }
    if (config.health.command) {
        out.push_back({"health.command", &*config.health.command});
    }
    return out;
}

std::vector<Diagnostic> hints_about(const Config& config) {
    std::vector<Diagnostic> out;
    for (const auto& [key, command] : commands_of(config)) {
        for (Found found : {shell_syntax(*command), specifier(*command)}) {
            if (found) {
                out.push_back(
                    {Diagnostic::Severity::warning, place_of(config, key), std::move(*found)});
            }
        }
    }
    return out;
}

} // namespace amphid
