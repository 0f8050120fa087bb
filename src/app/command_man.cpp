// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/command_reference.h"

#include "app/options.h"
#include "base/exit_code.h"
#include "base/roff.h"
#include "base/text.h"

namespace amphid {

namespace {

constexpr std::string_view head =
    ".SH NAME\n"
    "amphid \\- run one service from one file, under systemd and without it\n"
    ".SH SYNOPSIS\n"
    ".B amphid\n"
    ".I COMMAND\n"
    ".RI [ OPTION ...]\n"
    ".RI [ OPERAND ...]\n"
    ".SH DESCRIPTION\n"
    "One TOML file, described in\n"
    ".BR amphid.toml (5),\n"
    "is one service on any Linux host: where systemd runs, a service that speaks\n"
    ".BR sd_notify (3);\n"
    "elsewhere a daemon as\n"
    ".BR daemon (7)\n"
    "describes it; in a container PID 1; in a terminal a program in the foreground.\n"
    "A start returns when the service is ready, or fails at once with its exit code or signal and "
    "its\n"
    "last words.\n"
    ".PP\n"
    ".I SERVICE\n"
    "is a file where it has a / or ends in .toml or .service; otherwise a name, looked up as\n"
    ".I NAME.toml\n"
    "in the directories below; the first file counts, and a link to /dev/null masks the service.\n"
    ".I web@a\n"
    "is also found as its template\n"
    ".IR web@.toml ,\n"
    "in which %i stands for the instance and %I for the instance unescaped (%% is a %);\n"
    ".B AMPHID_INSTANCE\n"
    "tells the service.\n"
    ".PP\n"
    "Drop-ins,\n"
    ".I NAME.toml.d/*.toml\n"
    "of all these directories (for a file named by its path\n"
    ".IR FILE.d/*.toml ),\n"
    "are read in the order of their names. A value replaces the one before, a list is added to "
    "it;\n"
    "an empty list, or an empty string as the first element, takes the earlier ones back.\n"
    ".I exec\\-start\n"
    "is replaced.\n"
    ".PP\n"
    "A systemd unit is a service, too:\n"
    ".B amphid start /lib/systemd/system/nginx.service\n"
    "imports it in memory, with the drop-ins that systemd would apply;\n"
    ".B amphid import\n"
    "prints it as a file. What amphid does not do is kept in\n"
    ".RI [ systemd.* ],\n"
    "so that a generated unit has it again, with the reason why it has no effect elsewhere.\n"
    "The exit code of\n"
    ".B import \\-\\-check\n"
    "is 0 where nothing is lost, 3 where only a sandbox is, 1 where something else is.\n"
    ".PP\n"
    "Conditions and assertions of\n"
    ".RI [ unit ]\n"
    "are those of\n"
    ".BR systemd.unit (5):\n"
    "a condition that does not hold skips the start, with exit code 0; an assertion makes it "
    "fail.\n"
    "They are asked at a start, not before an automatic restart, and not of what runs already.\n"
    ".SH COMMANDS\n";

constexpr std::string_view tail =
    ".PP\n"
    "A service in the foreground hands on its own exit code or dies by its signal; a failure "
    "between fork\n"
    "and exec has systemd's number (200 CHDIR, 203 EXEC).\n"
    ".B status\n"
    "has LSB's: 0 running and ready, 1 dead with a pid file, 3 not running or not ready, 4 "
    "unknown.\n"
    "With\n"
    ".B \\-\\-ready\n"
    "or\n"
    ".B \\-\\-live\n"
    "it prints nothing unless the answer is no. A service is live that runs, comes up, or waits "
    "for "
    "its restart,\n"
    "and is not stopped by a signal.\n"
    ".B \\-\\-wait=ready\n"
    "ends with 3 where the start has failed or the time is up.\n"
    ".SH ENVIRONMENT\n"
    ".TP\n"
    ".B XDG_CONFIG_HOME\n"
    "For other users than root: where configurations are, below\n"
    ".IR amphid/ ;\n"
    "by default\n"
    ".IR \\(ti/.config .\n"
    ".TP\n"
    ".BR XDG_RUNTIME_DIR ,\\~ XDG_STATE_HOME\n"
    "For them: where the files of running services are; the second, by default\n"
    ".IR \\(ti/.local/state ,\n"
    "where the first is not set.\n"
    ".TP\n"
    ".B NO_COLOR\n"
    "If set, no colours on a terminal.\n"
    ".TP\n"
    ".BR SYSTEMD_EXEC_PID ,\\~ NOTIFY_SOCKET ,\\~ RUNTIME_DIRECTORY ,\\~ WATCHDOG_USEC ,\\~ "
    "LISTEN_FDS\n"
    "Set by a service manager, see\n"
    ".BR systemd.exec (5)\n"
    "and\n"
    ".BR sd_notify (3).\n"
    ".SH FILES\n"
    ".TP\n"
    ".I /run/amphid/NAME.toml\n"
    ".TQ\n"
    ".I /etc/amphid/NAME.toml\n"
    ".TQ\n"
    ".I /usr/local/lib/amphid/NAME.toml\n"
    ".TQ\n"
    ".I /usr/lib/amphid/NAME.toml\n"
    "The services of the system, the first one goes before the others; each has a native unit "
    "where systemd runs, see\n"
    ".BR amphid\\-generator (8).\n"
    ".TP\n"
    ".I $XDG_CONFIG_HOME/amphid/NAME.toml\n"
    ".TQ\n"
    ".I /etc/amphid/user/NAME.toml\n"
    ".TQ\n"
    ".I $XDG_DATA_HOME/amphid/NAME.toml\n"
    ".TQ\n"
    ".I /usr/local/lib/amphid/user/NAME.toml\n"
    ".TQ\n"
    ".I /usr/lib/amphid/user/NAME.toml\n"
    "Those of other users than root.\n"
    ".TP\n"
    ".I /run/amphid/NAME/\n"
    "The files\n"
    ".IR lock ,\n"
    ".IR state ,\n"
    ".I pid\n"
    "and\n"
    ".I notify\n"
    "of a service; for other users than root below\n"
    ".I $XDG_RUNTIME_DIR/amphid\n"
    "or\n"
    ".IR $XDG_STATE_HOME/amphid/run .\n"
    ".SH EXAMPLES\n"
    "Check a configuration, start the service, look at it, and stop it:\n"
    ".PP\n"
    ".EX\n"
    "amphid check ./web.toml\n"
    "amphid start ./web.toml\n"
    "amphid status ./web.toml\n"
    "amphid stop ./web.toml\n"
    ".EE\n"
    ".PP\n"
    "The mistakes of a file that is being edited, for an editor:\n"
    ".PP\n"
    ".EX\n"
    "amphid check \\-\\-json \\-\\-offline \\- <web.toml\n"
    ".EE\n"
    ".PP\n"
    "All services, and those of them that have failed:\n"
    ".PP\n"
    ".EX\n"
    "amphid status\n"
    ".EE\n"
    ".SH SEE ALSO\n"
    ".BR amphid.toml (5),\n"
    ".BR amphid\\-status (5),\n"
    ".BR amphid\\-generator (8),\n"
    ".BR systemctl (1),\n"
    ".BR daemon (7)\n";

std::string option_text(const OptionRow& option) {
    std::string words;
    for (const std::string_view word : option.words) {
        words += concat(words.empty() ? ": " : ", ", word);
    }
    const std::string argument = option.argument.empty() ? "" : concat('=', option.argument);
    const std::string letter =
        option.letter == '\0' ? "" : concat("-", std::string(1, option.letter), ", ");
    return concat(".TP\n.B ", roff_text(concat(letter, "--", option.name, argument)), '\n',
                  roff_text(concat(option.sentence, words)), ".\n");
}

std::string command_text(const CommandRow& command) {
    std::string out =
        concat(".TP\n.B amphid ", roff_text(concat(command.name, ' ', command.operands)), '\n',
               roff_text(command.sentence), ".\n");
    if (!command.options.empty()) {
        out += ".RS\n";
        for (const OptionRow* option : command.options) {
            out += option_text(*option);
        }
        out += ".RE\n";
    }
    return out;
}

/// Words in backticks are commands: in bold.
std::string with_commands(std::string_view text) {
    std::string out;
    bool bold = false;
    for (const std::string_view part : split(text, '`')) {
        out += bold ? concat("\\fB", roff_text(part), "\\fR") : roff_text(part);
        bold = !bold;
    }
    return out;
}

std::string exit_codes() {
    std::string out = ".SH EXIT STATUS\n";
    for (const auto& [code, meaning] : exit_code_meanings) {
        out += concat(".TP\n", static_cast<int>(code), '\n', with_commands(meaning), ".\n");
    }
    return out;
}

} // namespace

std::string command_man(std::string_view version) {
    std::string out = concat(roff_title("AMPHID", 1, version, "User commands"), head);
    for (const CommandRow& command : command_table()) {
        out += command_text(command);
    }
    return concat(out, exit_codes(), tail);
}

} // namespace amphid
