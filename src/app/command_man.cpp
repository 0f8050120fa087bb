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
    "amphid \\- run a service from one file, with or without systemd\n"
    ".SH SYNOPSIS\n"
    ".B amphid\n"
    ".I COMMAND\n"
    ".RI [ OPTION ...]\n"
    ".RI [ OPERAND ...]\n"
    ".SH DESCRIPTION\n"
    "amphid runs a service that is described in one TOML file, see\n"
    ".BR amphid.toml (5).\n"
    "Under systemd it is a service that speaks\n"
    ".BR sd_notify (3);\n"
    "elsewhere it is a daemon as described in\n"
    ".BR daemon (7),\n"
    "PID 1 of a container, or a program in the foreground of a terminal.\n"
    "A start returns when the service is ready. If it fails, the start returns at once and shows "
    "the exit\n"
    "code or signal and the last lines of its output.\n"
    ".SS Finding the configuration\n"
    ".I SERVICE\n"
    "is a file if it contains a / or ends in .toml or .service. Otherwise it is a name, looked up "
    "as\n"
    ".I NAME.toml\n"
    "in the directories listed in FILES. The first file found is used; a link to /dev/null masks "
    "the service.\n"
    ".PP\n"
    ".I web@a\n"
    "is also found as the template\n"
    ".IR web@.toml ,\n"
    "in which %i is replaced by the instance, %I by the unescaped instance, and %% by %.\n"
    "The service gets the instance as\n"
    ".BR AMPHID_INSTANCE .\n"
    ".PP\n"
    "Drop\\-ins,\n"
    ".I NAME.toml.d/*.toml\n"
    "in all these directories (or\n"
    ".I FILE.d/*.toml\n"
    "for a file given by its path),\n"
    "are read in the order of their names. A value replaces the earlier one, and a list is "
    "appended to it.\n"
    "An empty list, or a list that starts with an empty string, clears it.\n"
    ".B exec\\-start\n"
    "is always replaced.\n"
    ".SS systemd units\n"
    "A systemd unit can be used as a service directly:\n"
    ".B amphid start /lib/systemd/system/nginx.service\n"
    "converts it in memory, including its drop\\-ins;\n"
    ".B amphid import\n"
    "prints the result as a file. Directives that amphid does not implement are kept in\n"
    ".RI [ systemd.* ]\n"
    "for generated units, with a comment why they have no effect elsewhere.\n"
    ".B import \\-\\-check\n"
    "exits with 0 if nothing is lost, 3 if only sandboxing and resource limits are,\n"
    "and 1 if anything else is.\n"
    ".SS Conditions\n"
    "Conditions and assertions in\n"
    ".B [unit]\n"
    "work as in\n"
    ".BR systemd.unit (5):\n"
    "if a condition is not met, the start is skipped with exit code 0; if an assertion is not met, "
    "it fails.\n"
    "They are evaluated at a start, but not before an automatic restart, nor if the service is "
    "already running.\n"
    ".SH COMMANDS\n";

constexpr std::string_view tail =
    ".PP\n"
    "In the foreground, amphid exits with the exit code of the service, or dies of the same "
    "signal.\n"
    "A failure between fork and exec has the exit code that systemd uses (200 CHDIR, 203 EXEC).\n"
    ".B status\n"
    "follows LSB: 0 running and ready, 1 dead with a PID file, 3 not running or not ready, 4 "
    "unknown.\n"
    "With\n"
    ".B \\-\\-ready\n"
    "or\n"
    ".B \\-\\-live\n"
    "it prints nothing unless the answer is no. A service is alive if it is running, starting or "
    "about to be\n"
    "restarted, and not stopped by a signal.\n"
    ".B \\-\\-wait=ready\n"
    "exits with 3 if the start has failed or the time is up.\n"
    ".SH ENVIRONMENT\n"
    ".TP\n"
    ".B XDG_CONFIG_HOME\n"
    "For users other than root: the directory that contains\n"
    ".IR amphid/ ;\n"
    "by default\n"
    ".IR \\(ti/.config .\n"
    ".TP\n"
    ".B XDG_DATA_HOME\n"
    "For users other than root: the directory with\n"
    ".I amphid/\n"
    "for configurations of programs that the user has installed; by default\n"
    ".IR \\(ti/.local/share .\n"
    ".TP\n"
    ".BR XDG_RUNTIME_DIR ,\\~ XDG_STATE_HOME\n"
    "For users other than root: the directory for the files of running services. The second, by "
    "default\n"
    ".IR \\(ti/.local/state ,\n"
    "is used if the first is not set.\n"
    ".TP\n"
    ".B AMPHID_RUNTIME_DIRECTORY\n"
    "The directory for the files of running services, for every user, as with\n"
    ".BR --runtime-directory ;\n"
    "a volume that everybody may write is accepted.\n"
    ".TP\n"
    ".B NO_COLOR\n"
    "If set, output on a terminal has no colors.\n"
    ".TP\n"
    ".BR SYSTEMD_PAGER ,\\~ PAGER ,\\~ SYSTEMD_LESS ,\\~ SYSTEMD_LESSCHARSET ,\\~ "
    "SYSTEMD_PAGERSECURE\n"
    "The pager for\n"
    ".B amphid logs\n"
    "and its options, see\n"
    ".BR journalctl (1).\n"
    ".TP\n"
    ".BR SYSTEMD_EDITOR ,\\~ EDITOR ,\\~ VISUAL\n"
    "The editor for\n"
    ".BR \"amphid edit\" .\n"
    ".TP\n"
    ".B SUDO_UID\n"
    "Set by\n"
    ".BR sudo (8):\n"
    "root then also trusts the configurations of that user.\n"
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
    "System services; earlier directories take precedence. Under systemd each has a generated "
    "unit, see\n"
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
    "Services of users other than root.\n"
    ".TP\n"
    ".I /run/amphid/NAME/\n"
    "The files\n"
    ".IR lock ,\n"
    ".IR state ,\n"
    ".I pid\n"
    "and\n"
    ".I notify\n"
    "of a service; for users other than root below\n"
    ".I $XDG_RUNTIME_DIR/amphid\n"
    "or\n"
    ".IR $XDG_STATE_HOME/amphid/run .\n"
    ".TP\n"
    ".I /run/amphid+running/\n"
    "A record of the processes of each running service, should its own files be lost; for users "
    "other\n"
    "than root likewise beside their directory.\n"
    ".SH EXAMPLES\n"
    "Check a configuration, start the service, show its status, and stop it:\n"
    ".PP\n"
    ".EX\n"
    "amphid check ./web.toml\n"
    "amphid start ./web.toml\n"
    "amphid status ./web.toml\n"
    "amphid stop ./web.toml\n"
    ".EE\n"
    ".PP\n"
    "Report mistakes to an editor while a file is being edited:\n"
    ".PP\n"
    ".EX\n"
    "amphid check \\-\\-json \\-\\-offline \\- <web.toml\n"
    ".EE\n"
    ".PP\n"
    "List all services, failed ones first:\n"
    ".PP\n"
    ".EX\n"
    "amphid status\n"
    ".EE\n"
    ".PP\n"
    "Run a service as PID 1 of a container:\n"
    ".PP\n"
    ".EX\n"
    "ENTRYPOINT [\\(dqamphid\\(dq, \\(dqrun\\(dq, \\(dq/etc/amphid/web.toml\\(dq]\n"
    ".EE\n"
    ".SH SEE ALSO\n"
    ".BR amphid.toml (5),\n"
    ".BR amphid\\-status (5),\n"
    ".BR amphid\\-generator (8),\n"
    ".BR systemctl (1),\n"
    ".BR daemon (7)\n";

constexpr std::string_view logs_text =
    ".SS Logs\n"
    ".B amphid logs\n"
    "shows the output of services from where it is kept: from the files of\n"
    ".B [log]\n"
    "(rotated and compressed ones too), or from the journal, by\n"
    ".BR journalctl (1):\n"
    "the entries of the unit, of the launcher, and those with the identifier of the service.\n"
    "Lines of several services are shown in the order of their times.\n"
    ".PP\n"
    "TIME is a time as in\n"
    ".BR systemd.time (7):\n"
    "\\(dq10min ago\\(dq, yesterday, \\(dq2026\\-11\\-26 12:00\\(dq, 12:00, "
    "@1795699627. It is local unless it ends in UTC.\n"
    "To find lines by time in a file,\n"
    ".B timestamps\n"
    "must be \\(dqrfc3339\\(dq. REGEX is an extended regular expression.\n"
    ".PP\n"
    ".B \\-\\-follow\n"
    "continues over rotations and restarts, until ^C or until nobody reads its output.\n"
    "On a terminal, and without\n"
    ".BR \\-\\-follow ,\n"
    "a pager is used as by systemd's programs: see\n"
    ".B SYSTEMD_PAGER\n"
    "in\n"
    ".BR journalctl (1).\n"
    ".SS Messages\n"
    ".B \\-\\-verbose\n"
    "prints each step of a command with the time since its beginning.\n"
    ".B start \\-\\-verbose\n"
    "also prints the output of the service until it is ready, if it passes through the launcher, "
    "as it does\n"
    "with\n"
    ".BR [log] .\n"
    ".B \\-\\-quiet\n"
    "leaves only warnings and errors.\n";

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
    return concat(out, logs_text, exit_codes(), journal_man(), tail);
}

} // namespace amphid
