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
            out += concat(' ', word);
        }
    }
    return out;
}

bool takes_file(const OptionRow& option) {
    return option.argument.ends_with("FILE") || option.argument.starts_with("PROG") ||
           option.argument.starts_with("DIR") || option.argument.starts_with("PATH");
}

/// The options that take a file, and short options with an argument as "-o=--output".
std::string file_options(const CommandRow& command) {
    std::string out;
    for (const OptionRow* option : command.options) {
        out += takes_file(*option) ? concat(out.empty() ? "" : " ", "--", option->name) : "";
    }
    return out;
}

std::string short_options(const CommandRow& command) {
    std::string out;
    for (const OptionRow* option : command.options) {
        if (option->letter != '\0' && !option->argument.empty()) {
            out += concat(out.empty() ? "" : " ", '-', std::string(1, option->letter), "=--",
                          option->name);
        }
    }
    return out;
}

/// Commands for services that were started already.
bool wants_started(const CommandRow& command) {
    return command.name == "stop" || command.name == "reload";
}

/// What the operands of a command are: none, started services, any services, files, units.
std::string_view operands_of(const CommandRow& command) {
    return command.most_operands == 0             ? "none"
           : wants_started(command)               ? "started"
           : command.operands.starts_with("FILE") ? "files"
           : command.operands.starts_with("UNIT") ? "units"
                                                  : "services";
}

std::string command_names() {
    std::string out;
    for (const CommandRow& command : command_table()) {
        out += concat(out.empty() ? "" : " ", command.name);
    }
    return out;
}

/// One branch for each command of a shell's `case`.
std::string branches() {
    std::string out;
    for (const CommandRow& command : command_table()) {
        out += concat("        ", command.name, ") options='", all_options(command), "' files='",
                      file_options(command), "' letters='", short_options(command), "'\n",
                      "            operands=", operands_of(command),
                      " most=", command.most_operands > 1 ? "" : concat(command.most_operands),
                      " ;;\n");
    }
    return out;
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
    running=${AMPHID_RUNTIME_DIRECTORY:-$running}
)sh";

} // namespace

std::string bash_completion() {
    return concat(licence, R"sh(
_amphid_names() {)sh",
                  set_places, R"sh(    local directory file
    if [[ $1 != started ]]; then
        for directory in "${directories[@]}"; do
            for file in "$directory"/*.toml; do
                [[ -e $file ]] || continue
                file=${file##*/}
                printf '%s\n' "${file%.toml}"
            done
        done
    fi
    for file in "$running"/*/state; do
        [[ -e $file ]] || continue
        [[ $1 != started ]] || ! grep -qxE 'state=(dead|failed)' "$file" || continue
        file=${file%/state}
        printf '%s\n' "${file##*/}"
    done
}

# Files that end like these, and directories.
_amphid_files() {
    local ending
    for ending in "$@"; do
        compgen -f -X "!*$ending" -- "$word"
    done
    compgen -d -- "$word"
}

# Offers those lines of its input that begin with the word.
_amphid_offer() {
    local breaks='' each start=''
    for each in = : @; do
        [[ $COMP_WORDBREAKS != *$each* ]] || breaks+=$each
    done
    # Behind these, only the rest of the word is replaced.
    if [[ -n $breaks && $word == *[$breaks]* ]]; then
        start=${word##*[$breaks]}
        start=${word%"$start"}
    fi
    while IFS= read -r each; do
        [[ $each != "$word"* ]] || COMPREPLY+=("${each#"$start"}")
    done
    if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *[=@] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

_amphid_takes_value() {
    [[ $1 == -? && " $letters " == *" $1="* ]] || [[ $1 == --* && " $options " == *" $1="* ]]
}

_amphid() {
    local line=${COMP_LINE:0:COMP_POINT} options='' files='' letters='' operands=none most=0
    local word option='' head='' i
    local -a words given=()
    local commands=')sh",
                  command_names(), R"sh('
    COMPREPLY=()
    read -ra words <<<"$line"
    [[ $line != *[[:blank:]] ]] || words+=('')
    local last=$((${#words[@]} - 1))
    word=${words[last]}
    if ((last == 1)); then
        _amphid_offer < <(printf '%s\n' $commands help --help --version)
        return
    fi
    if [[ ${words[1]} == help ]]; then
        ((last > 2)) || _amphid_offer < <(printf '%s\n' $commands)
        return
    fi
    case ${words[1]} in
)sh",
                  branches(), R"sh(    esac
    for ((i = 2; i < last; ++i)); do
        [[ ${words[i]} != -- ]] || return
        if [[ ${words[i]} != -* ]]; then
            given+=("${words[i]}")
        elif _amphid_takes_value "${words[i]}"; then
            option=${words[i]}
            ((++i < last)) && option=''
        fi
    done
    if [[ $word == --*=* ]]; then
        option=${word%%=*} head=$option=
    fi
    if [[ -n $option ]]; then
        if [[ $option == -? ]]; then
            option=${letters#*"$option="}
            option=${option%% *}
        fi
        if [[ " $files " == *" $option "* ]]; then
            compopt -o filenames 2>/dev/null
            _amphid_offer < <(compgen -f -P "$head" -- "${word#"$head"}")
        else
            _amphid_offer < <(tr ' ' '\n' <<<"$options" | sed -n "s/^$option=\(.\)/$head\1/p")
        fi
    elif [[ $word == -* ]]; then
        _amphid_offer < <(printf '%s\n' $options)
    elif [[ -z $most ]] || ((${#given[@]} < most)); then
        case $operands in
            none) ;;
            units) _amphid_offer < <(_amphid_files .service) ;;
            *)
                [[ $operands == files || $word == */* ]] &&
                    _amphid_offer < <(_amphid_files .toml .service)
                [[ ${#COMPREPLY[@]} == 0 ]] || compopt -o filenames 2>/dev/null
                _amphid_offer < <(_amphid_names $operands | sort -u |
                    grep -vxF -f <(printf '%s\n' "${given[@]}"))
                return
                ;;
        esac
        compopt -o filenames 2>/dev/null
    fi
}

complete -F _amphid amphid
)sh");
}

std::string zsh_completion() {
    std::string commands;
    for (const CommandRow& command : command_table()) {
        commands += concat("        ", quoted(concat(command.name, ':', command.sentence)), '\n');
    }
    return concat("#compdef amphid\n", licence, R"sh(
_amphid() {
    local -a commands names given operands_given values
    local -a options files
    local letters operands most option each)sh",
                  set_places, "    commands=(\n", commands, R"sh(    )
    if ((CURRENT == 2)); then
        commands+=('help:show help')
        _describe command commands
        return
    elif [[ $words[2] == help ]]; then
        ((CURRENT > 3)) || _describe command commands
        return
    fi
    case $words[2] in
)sh",
                  branches(), R"sh(    esac
    options=(${=options}) files=(${=files}) # one string each until here
    given=(${words[3,CURRENT-1]})
    ((${given[(I)--]} == 0)) || return
    option=$words[CURRENT-1]
    for each in ${=letters}; do
        [[ $option != ${each%%=*} ]] || option=${each#*=}
    done
    if [[ $words[CURRENT] == --*=* ]]; then
        option=${words[CURRENT]%%=*}
    elif ((CURRENT == 3)) || [[ $option != --* || $words[CURRENT] == -* ]]; then
        option=''
    fi
    values=(${(M)options:#${option:--}=*})
    ((${#values} > 0)) || option=''
    operands_given=(${given:#-*})
    if [[ -n $option ]]; then
        [[ $words[CURRENT] != --*=* ]] || compset -P '*='
        if ((${files[(I)$option]} != 0)); then
            _files
        else
            compadd -- ${${(M)values:#*=?*}#*=}
        fi
    elif [[ $words[CURRENT] == -* ]]; then
        compadd -- ${options:#*=*}
        compadd -S '' -- ${(M)options:#--*=}
        compadd -- ${(M)options:#--*=?*}
    elif [[ $operands == units ]]; then
        _files -g '*.service'
    elif [[ $operands != none && (-z $most || ${#operands_given} -lt ${most:-1}) ]]; then
        for each in $running/*/state(N); do
            [[ $operands == started ]] && grep -qxE 'state=(dead|failed)' $each ||
                names+=(${each:h:t})
        done
        [[ $operands == started ]] || names+=(${^directories}/*.toml(N:t:r))
        compadd -F given -- ${(u)names}
        [[ $operands != files && $words[CURRENT] != */* ]] || _files -g '*.(toml|service)'
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
    __amphid_started all
end

function __amphid_started
    set -l running /run/amphid
    if test (id -u) -ne 0
        set running ~/.local/state/amphid/run
        set -q XDG_STATE_HOME; and set running $XDG_STATE_HOME/amphid/run
        set -q XDG_RUNTIME_DIR; and set running $XDG_RUNTIME_DIR/amphid
    end
    set -q AMPHID_RUNTIME_DIRECTORY; and set running $AMPHID_RUNTIME_DIRECTORY
    for file in $running/*/state
        contains -- all $argv; or not string match -qr '^state=(dead|failed)$' <$file; or continue
        string replace -r '.*/(.*)/state$' '$1' -- $file
    end
end

)sh");
    out += concat("complete -c amphid -n __fish_use_subcommand -f -a help -d 'show help'\n"
                  "complete -c amphid -n '__fish_seen_subcommand_from help' -f -a ",
                  quoted(command_names()), '\n');
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
                       : takes_file(*option)    ? " -r -F"
                                                : " -x",
                       words.empty() ? "" : concat(" -a ", quoted(words)), " -d ",
                       quoted(option->sentence), '\n');
        }
    }
    return out;
}

} // namespace amphid
