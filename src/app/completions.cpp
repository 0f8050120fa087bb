// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/command_reference.h"

#include "app/options.h"
#include "base/text.h"

namespace amphid {

namespace {

constexpr std::string_view licence = "# SPDX-License-Identifier: MIT\n"
                                     "# Copyright (c) 2026 The amphid authors\n";

/// The options of a command as they are typed.
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
    std::string out = "--help";
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
    return out + "help --help --version";
}

/// Quotes a word for a shell; the texts have no backslashes.
std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return out + '\'';
}

/// The directories of this user's configurations and runtime files.
constexpr std::string_view set_places = R"sh(
    local running=/run/amphid
    local directories=(/run/amphid /etc/amphid /usr/local/lib/amphid /usr/lib/amphid)
    if [ "$(id -u)" -ne 0 ]; then
        directories=("${XDG_CONFIG_HOME:-$HOME/.config}"/amphid /etc/amphid/user
            "${XDG_DATA_HOME:-$HOME/.local/share}"/amphid /usr/{local/,}lib/amphid/user)
        running=${XDG_RUNTIME_DIR:-${XDG_STATE_HOME:-$HOME/.local/state}/amphid/run}
        [ -z "$XDG_RUNTIME_DIR" ] || running=$running/amphid
    fi
)sh";

/// Commands for services that were started already.
bool wants_started(const CommandRow& command) {
    return command.name == "stop" || command.name == "reload";
}

std::string names_of_started_commands(std::string_view between) {
    std::string out;
    for (const CommandRow& command : command_table()) {
        if (wants_started(command)) {
            out += concat(out.empty() ? "" : between, command.name);
        }
    }
    return out;
}

} // namespace

std::string bash_completion() {
    std::string options;
    for (const CommandRow& command : command_table()) {
        options += concat("        ", command.name, ") options='", all_options(command), "' ;;\n");
    }
    return concat(licence, R"sh(
_amphid_names() {)sh",
                  set_places, R"sh(    local directory file
    if [[ $1 != @(help|)sh",
                  names_of_started_commands("|"), R"sh() ]]; then
    for directory in "${directories[@]}"; do
        for file in "$directory"/*.toml; do
            [ -e "$file" ] || continue
            file=${file##*/}
            printf '%s\n' "${file%.toml}"
        done
    done
    fi
    for file in "$running"/*/state; do
        [ -e "$file" ] || continue
        file=${file%/state}
        printf '%s\n' "${file##*/}"
    done
}

_amphid_files() {
    compopt -o filenames 2>/dev/null
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$1")
}

_amphid() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} option='' options=''
    # "=" is a word of its own here.
    if [[ $word == = ]]; then
        word='' option=$before
    elif [[ $before == = ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    COMPREPLY=()
    if ((COMP_CWORD == 1)) || [[ ${COMP_WORDS[1]} == help ]]; then
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
        [[ -n $options ]] || _amphid_files "$word"
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
        [[ ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2>/dev/null
    else
        mapfile -t COMPREPLY < <(compgen -W "$(_amphid_names "${COMP_WORDS[1]}" | sort -u)" -- "$word")
        _amphid_files "$word"
    fi
}

complete -F _amphid amphid
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
                  set_places, "    commands=(\n", commands, R"sh(    )
    if ((CURRENT == 2)) || [[ $words[2] == help ]]; then
        _describe command commands
        return
    fi
    case $words[2] in
)sh",
                  options, R"sh(    esac
    if [[ $words[CURRENT] == --*=* && ${options[(I)${words[CURRENT]%%=*}=]} != 0 ]]; then
        compset -P '*='
        _files
    elif [[ $words[CURRENT] == -* ]]; then
        compadd -- ${options:#*=}
        compadd -S '' -- ${(M)options:#--*=}
        compadd -- ${(M)options:#--*=?*}
    else
        names=($running/*/state(N:h:t))
        [[ $words[2] == ()sh",
                  names_of_started_commands("|"),
                  R"sh() ]] || names+=(${^directories}/*.toml(N:t:r))
        compadd -- ${(u)names}
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
    for file in $directories/*.toml
        string replace -r '.*/(.*)\.toml$' '$1' -- $file
    end
    __amphid_started
end

function __amphid_started
    set -l running /run/amphid
    if test (id -u) -ne 0
        set running ~/.local/state/amphid/run
        set -q XDG_STATE_HOME; and set running $XDG_STATE_HOME/amphid/run
        set -q XDG_RUNTIME_DIR; and set running $XDG_RUNTIME_DIR/amphid
    end
    for file in $running/*/state
        string replace -r '.*/(.*)/state$' '$1' -- $file
    end
end

)sh");
    std::string commands;
    for (const CommandRow& command : command_table()) {
        commands += concat(commands.empty() ? "" : " ", command.name);
    }
    out += concat("complete -c amphid -n __fish_use_subcommand -f -a help -d 'show help'\n"
                  "complete -c amphid -n '__fish_seen_subcommand_from help' -f -a ",
                  quoted(commands), '\n');
    for (const CommandRow& command : command_table()) {
        out += concat("complete -c amphid -n __fish_use_subcommand -f -a ", command.name, " -d ",
                      quoted(command.sentence), '\n');
        const std::string of = quoted(concat("__fish_seen_subcommand_from ", command.name));
        if (command.most_operands > 0) {
            out += concat("complete -c amphid -n ", of, " -a '(",
                          wants_started(command) ? "__amphid_started" : "__amphid_names", ")'\n");
        }
        for (const OptionRow* option : command.options) {
            std::string words;
            for (const std::string_view word : option->words) {
                words += concat(words.empty() ? "" : " ", word);
            }
            out +=
                concat("complete -c amphid -n ", of, " -l ", option->name,
                       option->letter == '\0' ? "" : concat(" -s ", std::string(1, option->letter)),
                       option->argument.empty() ? ""
                       : words.empty()          ? " -r -F"
                                                : " -x",
                       words.empty() ? "" : concat(" -a ", quoted(words)), " -d ",
                       quoted(option->sentence), '\n');
        }
    }
    return out;
}

} // namespace amphid
