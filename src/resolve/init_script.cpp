// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/init_script.h"

#include "base/text.h"
#include "plan/unit_name.h"

#include <algorithm>

namespace amphid {

namespace {

/// Other inits' names for systemd's standard units.
struct Facility {
    std::string_view unit;
    std::string_view lsb;
    std::string_view openrc;
};
constexpr Facility facilities[] = {
    {"network.target", "$network", "net"},          {"network-online.target", "$network", "net"},
    {"remote-fs.target", "$remote_fs", "netmount"}, {"local-fs.target", "$local_fs", "localmount"},
    {"nss-lookup.target", "$named", "dns"},         {"time-sync.target", "$time", "ntp-client"},
    {"syslog.socket", "$syslog", "logger"},         {"rsyslog.service", "$syslog", "logger"},
};

/// Adds the init's names for the units; targets, sockets and so on without such a name are left
/// out.
void add_names(const UnitNames& units, std::string_view Facility::*style,
               std::vector<std::string>& out) {
    for (const std::string& unit : units.list) {
        const auto* const known =
            std::find_if(std::begin(facilities), std::end(facilities),
                         [&](const Facility& facility) { return facility.unit == unit; });
        std::string name;
        if (known != std::end(facilities)) {
            name = known->*style;
        } else if (unit.ends_with(service_suffix)) {
            name = unit.substr(0, unit.size() - service_suffix.size());
        }
        if (!name.empty() && std::find(out.begin(), out.end(), name) == out.end()) {
            out.push_back(name);
        }
    }
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) {
        out += concat(out.empty() ? "" : " ", word);
    }
    return out;
}

/// Quotes one word for a shell.
std::string shell_word(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return out + '\'';
}

std::string description_of(const Config& config, const UnitFacts& facts) {
    return printable(config.unit.description.empty() ? concat(facts.name, " (amphid)")
                                                     : config.unit.description);
}

std::string mark(const UnitFacts& facts) {
    return concat(generated_mark, printable(facts.file.path), '\n');
}

std::string variables(const UnitFacts& facts) {
    return concat("amphid=", shell_word(facts.amphid),
                  "\nservice=", shell_word(service_word(facts)), '\n');
}

std::string unit_variable(const UnitFacts& facts) {
    return concat("unit=", shell_word(concat(facts.name, service_suffix)), '\n');
}

std::string openrc_dependencies(const Config& config) {
    std::vector<std::string> need;
    std::vector<std::string> use;
    std::vector<std::string> after;
    std::vector<std::string> before;
    add_names(config.unit.requires_, &Facility::openrc, need);
    add_names(config.unit.wants, &Facility::openrc, use);
    add_names(config.unit.after, &Facility::openrc, after);
    add_names(config.unit.before, &Facility::openrc, before);
    std::string out;
    for (const auto& [word, names] :
         {std::pair("need", need), {"use", use}, {"after", after}, {"before", before}}) {
        out += names.empty() ? "" : concat("    ", word, ' ', joined(names), '\n');
    }
    return out.empty() ? "    :\n" : out;
}

std::string header_line(std::string_view name, std::string_view value) {
    std::string line = concat("# ", name, ':');
    if (!value.empty()) {
        pad_to(line, 21);
    }
    return concat(line, value, '\n');
}

std::string lsb_header(const Config& config, const UnitFacts& facts) {
    std::vector<std::string> required{"$remote_fs"};
    std::vector<std::string> should;
    std::vector<std::string> before;
    add_names(config.unit.requires_, &Facility::lsb, required);
    add_names(config.unit.wants, &Facility::lsb, should);
    add_names(config.unit.after, &Facility::lsb, should);
    add_names(config.unit.before, &Facility::lsb, before);
    const std::string words = description_of(config, facts);
    std::string out = "### BEGIN INIT INFO\n";
    out += header_line("Provides", facts.name);
    out += header_line("Required-Start", joined(required));
    out += header_line("Required-Stop", joined(required));
    out += header_line("Should-Start", joined(should));
    out += header_line("Should-Stop", joined(should));
    out += before.empty() ? "" : header_line("X-Start-Before", joined(before));
    out += header_line("Default-Start", "2 3 4 5");
    out += header_line("Default-Stop", "0 1 6");
    out += header_line("Short-Description", words);
    out += header_line("Description", words);
    return out + "### END INIT INFO\n";
}

constexpr std::string_view openrc_actions = R"(
start() {
    ebegin "Starting $RC_SVCNAME"
    "$amphid" start --daemon "$service"
    eend $?
}

stop() {
    ebegin "Stopping $RC_SVCNAME"
    "$amphid" stop "$service"
    eend $?
}

reload() {
    ebegin "Reloading $RC_SVCNAME"
    "$amphid" reload "$service"
    eend $?
}

status() {
    "$amphid" status "$service"
}
)";

constexpr std::string_view sysv_actions = R"sh(
if [ ! -x "$amphid" ]; then
    [ "$1" = stop ] && exit 0
    echo "$amphid is not installed" >&2
    [ "$1" = status ] && exit 4
    exit 5
fi

# Where systemd has the service as a unit it acts, unless it is systemd that runs this script.
if [ -d /run/systemd/system ] && [ "$PPID" -ne 1 ] && [ -z "${SYSTEMCTL_SKIP_REDIRECT:-}" ] &&
    [ "$(systemctl show --property=LoadState --value -- "$unit" 2>/dev/null)" = loaded ]; then
    case "$1" in
    start | stop | status | reload | restart | try-restart) exec systemctl "$1" "$unit" ;;
    force-reload) exec systemctl reload-or-restart "$unit" ;;
    esac
fi

# A service is not stopped for a file that could not start it again.
restart() {
    "$amphid" check "$service" >/dev/null || exit 6
    "$amphid" stop "$service" && exec "$amphid" start --daemon "$service"
}

case "$1" in
start) exec "$amphid" start --daemon "$service" ;;
stop) exec "$amphid" stop "$service" ;;
status) exec "$amphid" status "$service" ;;
reload) exec "$amphid" reload "$service" ;;
restart) restart ;;
force-reload) "$amphid" reload "$service" || restart ;;
try-restart) "$amphid" status "$service" >/dev/null || exit 0 && restart ;;
*)
    echo "usage: $0 start|stop|restart|try-restart|reload|force-reload|status" >&2
    exit 2
    ;;
esac
)sh";

} // namespace

std::string openrc_script(const Config& config, const UnitFacts& facts) {
    return concat("#!/sbin/openrc-run\n", mark(facts),
                  "\ndescription=", shell_word(description_of(config, facts)),
                  "\nextra_started_commands=reload\n"
                  "description_reload='Make it reload its configuration'\n",
                  variables(facts), "\ndepend() {\n", openrc_dependencies(config), "}\n",
                  openrc_actions);
}

std::string sysv_script(const Config& config, const UnitFacts& facts) {
    return concat("#!/bin/sh\n", lsb_header(config, facts), mark(facts), '\n', variables(facts),
                  unit_variable(facts), sysv_actions);
}

} // namespace amphid
