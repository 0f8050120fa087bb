// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/command_reference.h"

#include "app/options.h"
#include "base/text.h"

namespace amphid {

namespace {

constexpr std::string_view licence = "# SPDX-License-Identifier: MIT\n"
                                     "# Copyright (c) 2026 The amphid authors\n";

/// The options of a command as somebody types them.
std::vector<std::string> spelled(const OptionRow& option) {
    std::vector<std::string> out;
    for (const std::string_view word : option.words) {
        out.push_back(concat("--", option.name, '=', word));
    }
    if (option.words.empty()) {
        out.push_back(concat("--", option.name, option.argument.empty() ? "" : "="));
    }
    return out;
}

std::string all_options(const CommandRow& command) {
    std::string out;
    for (const OptionRow* option : command.options) {
        for (const std::string& word : spelled(*option)) {
            out += concat(out.empty() ? "" : " ", word);
        }
    }
    return out;
}

std::string all_commands() {
    std::string out;
    for (const CommandRow& command : command_table()) {
        out += concat(command.name, ' ');
    }
    return out + "--help --version";
}

/// One word of a shell; the sentences have no backslashes.
std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return out + '\'';
}

constexpr std::string_view list_names = R"sh(
    local directories=(/run/amphid /etc/amphid /usr/local/lib/amphid /usr/lib/amphid)
    [ "$(id -u)" -eq 0 ] ||
        directories=("${XDG_CONFIG_HOME:-$HOME/.config}"/amphid /etc/amphid/user
            "${XDG_DATA_HOME:-$HOME/.local/share}"/amphid /usr/{local/,}lib/amphid/user)
)sh";

} // namespace

std::string bash_completion() {
    std::string options;
    for (const CommandRow& command : command_table()) {
        options += concat("        ", command.name, ") options='", all_options(command), "' ;;\n");
    }
    return concat(licence, R"sh(
_amphid_names() {)sh",
                  list_names, R"sh(    local directory file
    for directory in "${directories[@]}"; do
        for file in "$directory"/*.toml; do
            [ -e "$file" ] || continue
            file=${file##*/}
            printf '%s\n' "${file%.toml}"
        done
    done
}

_amphid() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} option='' options=''
    # "=" is a word of its own here.
    if [[ $word == = ]]; then
        word='' option=$before
    elif [[ $before == = ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W ')sh",
                  all_commands(), R"sh(' -- "$word")
        return
    fi
    case ${COMP_WORDS[1]} in
)sh",
                  options, R"sh(    esac
    if [[ -n $option ]]; then
        options=$(tr ' ' '\n' <<<"$options" | sed -n "s/^$option=//p")
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -W "$(_amphid_names)" -- "$word"; compgen -f -- "$word")
    fi
}

complete -o filenames -F _amphid amphid
)sh");
}

std::string zsh_completion() {
    std::string commands;
    std::string options;
    for (const CommandRow& command : command_table()) {
        commands += concat("        ", quoted(concat(command.name, ':', command.sentence)), '\n');
        options += concat("        ", command.name, ") options=(", all_options(command), ") ;;\n");
    }
    return concat("#compdef amphid\n", licence, R"sh(
_amphid() {
    local -a commands options names)sh",
                  list_names, "    commands=(\n", commands, R"sh(    )
    if ((CURRENT == 2)); then
        _describe command commands
        return
    fi
    case $words[2] in
)sh",
                  options, R"sh(    esac
    if [[ $words[CURRENT] == -* ]]; then
        compadd -- $options
    else
        names=(${^directories}/*.toml(N:t:r))
        compadd -- $names
        _files -g '*.(toml|service)'
    fi
}

_amphid "$@"
)sh");
}

std::string fish_completion() {
    std::string out = concat(licence, R"sh(
function __amphid_names
    set -l directories {/run,/etc,/usr/local/lib,/usr/lib}/amphid
    if test (id -u) -ne 0
        set directories (set -q XDG_CONFIG_HOME; and echo $XDG_CONFIG_HOME; or echo ~/.config)/amphid \
            (set -q XDG_DATA_HOME; and echo $XDG_DATA_HOME; or echo ~/.local/share)/amphid \
            {/etc/amphid,/usr/local/lib/amphid,/usr/lib/amphid}/user
    end
    path basename $directories/*.toml | string replace -r '\.toml$' ''
end

)sh");
    for (const CommandRow& command : command_table()) {
        out += concat("complete -c amphid -n __fish_use_subcommand -f -a ", command.name, " -d ",
                      quoted(command.sentence), '\n');
        const std::string of = quoted(concat("__fish_seen_subcommand_from ", command.name));
        if (command.most_operands > 0) {
            out += concat("complete -c amphid -n ", of, " -a '(__amphid_names)'\n");
        }
        for (const OptionRow* option : command.options) {
            std::string words;
            for (const std::string_view word : option->words) {
                words += concat(words.empty() ? "" : " ", word);
            }
            out +=
                concat("complete -c amphid -n ", of, " -l ", option->name,
                       option->letter == '\0' ? "" : concat(" -s ", std::string(1, option->letter)),
                       option->argument.empty() ? "" : " -x",
                       words.empty() ? "" : concat(" -a ", quoted(words)), " -d ",
                       quoted(option->sentence), '\n');
        }
    }
    return out;
}

} // namespace amphid
