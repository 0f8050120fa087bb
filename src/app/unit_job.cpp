// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/unit_job.h"

#include "app/console.h"
#include "app/running_service.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/run_program.h"
#include "supervisor/messages.h"

#include <algorithm>

namespace amphid {

namespace {

/// The last ten lines since then; empty if the journal cannot be read.
std::string lines_in_journal(const UnitJob& job, std::uint64_t since_usec, std::uint32_t uid) {
    if (job.manager == Manager::system) {
        run_program({"journalctl", "--quiet", "--sync"}, true); // include the latest lines
    }
    const std::string identifier =
        ask_systemctl(job.manager, job.unit, "SyslogIdentifier").value_or("");
    const auto answer = run_program(last_lines_command(job, since_usec, identifier, uid), true);
    return answer && answer->exit_code == 0 ? answer->output : std::string();
}

void explain_failure(const UnitJob& job, std::uint64_t since_usec) {
    const auto found = find_state(job.directory);
    // From this start, not an earlier one; systemd may have begun the next one already.
    const bool is_new = found && found->state.failure_usec >= since_usec;
    if (is_new && !found->state.failure.empty()) {
        print_error(found->state.failure);
    }
    const State state = found ? found->state : State();
    std::string words = indented(lines_from_journal(
        lines_in_journal(job, since_usec, state.lineage.uid), state.launcher.pid));
    if (!words.empty()) {
        words.pop_back();
        print_error(concat("last words of ", job.name, ":\n", words));
    }
}

/// systemd has its own job for the next attempt.
void forbid_retry(const UnitJob& job) {
    if (ask_systemctl(job.manager, job.unit, "ActiveState") == "failed") {
        return;
    }
    if (run_systemctl(job.manager, "stop", job.unit) == 0) {
        print_error(concat(job.name, ": --no-retry: stopped ", job.unit,
                           ", so that systemd does not restart it"));
    }
}

} // namespace

std::vector<std::string> last_lines_command(const UnitJob& job, std::uint64_t since_usec,
                                            const std::string& identifier, std::uint32_t uid) {
    const std::string fraction = concat(1000000 + since_usec % 1000000).substr(1);
    const bool user = job.manager == Manager::user;
    std::vector<std::string> out{"journalctl",
                                 "--quiet",
                                 "--no-pager",
                                 "--output=short-unix",
                                 "--lines=10",
                                 concat("--since=@", since_usec / 1000000, '.', fraction),
                                 concat(user ? "_SYSTEMD_USER_UNIT=" : "_SYSTEMD_UNIT=", job.unit)};
    if (!identifier.empty()) {
        // journald learns the unit from /proc: too late for a process that has exited already
        // (systemd#2913). The identifier is the stream's, the user the sender's.
        out.insert(out.end(), {"+", concat("SYSLOG_IDENTIFIER=", identifier), "_TRANSPORT=stdout",
                               concat("_UID=", uid)});
    }
    return out;
}

std::string lines_from_journal(std::string_view lines, int launcher) {
    std::string out;
    bool ours = false;
    for (std::string_view line : split(lines, '\n')) {
        // "1795700201.876275 host web[2718]: message"; further lines of a message are indented.
        const auto end = line.starts_with(' ') ? std::string_view::npos : line.find("]: ");
        const auto begin = end == std::string_view::npos ? end : line.rfind('[', end);
        if (begin != std::string_view::npos) {
            ours = line.substr(begin + 1, end - begin - 1) == concat(launcher);
            line.remove_prefix(end + 3);
        } else {
            line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        }
        out += ours || line.empty() ? "" : concat(line, '\n');
    }
    return out;
}

int run_unit_job(const UnitJob& job, std::string_view verb) {
    const auto since_usec = static_cast<std::uint64_t>(realtime_now().usec);
    const int code = run_systemctl(job.manager, verb, job.unit);
    if (code == 0) {
        return code;
    }
    explain_failure(job, since_usec);
    if (!job.retries) {
        forbid_retry(job);
    }
    return code;
}

} // namespace amphid
