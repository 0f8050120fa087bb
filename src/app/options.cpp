// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/options.h"

#include "app/commands.h"
#include "app/log_options.h"
#include "app/option_words.h"
#include "app/place_option.h"
#include "app/status_options.h"
#include "app/volume_options.h"
#include "base/text.h"
#include "config/setting.h"

#include <limits>

namespace amphid {

namespace {

constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

std::string ask(Arguments& arguments, Asked asked) {
    if (arguments.asked != Asked::nothing && arguments.asked != asked) {
        return "--daemon and --foreground exclude each other";
    }
    arguments.asked = asked;
    return {};
}

const OptionRow daemon_option{"daemon", "", "force daemon mode",
                              [](Arguments& a, std::string_view) { return ask(a, Asked::daemon); }};
const OptionRow foreground_option{
    "foreground", "", "force foreground mode",
    [](Arguments& a, std::string_view) { return ask(a, Asked::foreground); }};
const OptionRow json_option{"json", "", "print JSON, one object a line",
                            [](Arguments& a, std::string_view) {
                                a.json = true;
                                return std::string();
                            }};
const OptionRow all_option{"all", "", "also show keys with their default value",
                           [](Arguments& a, std::string_view) {
                               a.all = true;
                               return std::string();
                           }};
const OptionRow metrics_option{"metrics", "", "print metrics for Prometheus",
                               [](Arguments& a, std::string_view) {
                                   a.metrics = true;
                                   return std::string();
                               }};
const OptionRow no_adopt_option{"no-adopt", "",
                                "fail if a killed launcher left the service running",
                                [](Arguments& a, std::string_view) {
                                    a.adopts = false;
                                    return std::string();
                                }};
const OptionRow no_retry_option{"no-retry", "",
                                "give up if the first start fails, even if restart is set",
                                [](Arguments& a, std::string_view) {
                                    a.retries = false;
                                    return std::string();
                                }};
const OptionRow offline_option{"offline", "", "do not check programs, users and paths on this host",
                               [](Arguments& a, std::string_view) {
                                   a.offline = true;
                                   return std::string();
                               }};
const OptionRow unit_option{"unit", "UNITFILE", "check a unit file against the configuration",
                            [](Arguments& a, std::string_view file) {
                                a.unit = file;
                                return std::string();
                            }};

const OptionRow unit_format_option{
    "format", "FORMAT", "the output format, by default systemd",
    [](Arguments& a, std::string_view word) { return choose(a.unit_format, word); },
    words_of<UnitFormat>};
const OptionRow reference_format_option{
    "format", "FORMAT", "the output format, by default text",
    [](Arguments& a, std::string_view word) { return choose(a.reference_format, word); },
    words_of<ReferenceFormat>};
const OptionRow notify_fd_option{
    "notify-fd", "N", "write a newline to descriptor N when the service is ready",
    [](Arguments& a, std::string_view text) {
        const auto fd = parse_number<int>(text);
        a.notify_fd = fd.value_or(-1);
        return a.notify_fd > 2 ? std::string()
                               : concat("expected a descriptor above 2, got '", text, '\'');
    }};

const OptionRow output_option{"output",
                              "FILE",
                              "write the configuration to FILE",
                              [](Arguments& a, std::string_view file) {
                                  a.output = file;
                                  return std::string();
                              },
                              {},
                              'o'};
const OptionRow check_option{"check", "", "only report what would be lost, also by the exit status",
                             [](Arguments& a, std::string_view) {
                                 a.check = true;
                                 return std::string();
                             }};
const OptionRow full_option{"full", "", "edit a copy of the whole file instead of a drop-in",
                            [](Arguments& a, std::string_view) {
                                a.full = true;
                                return std::string();
                            }};

/// Everything behind it is cut off before the options are read, so only --exec=PROG gets here.
const OptionRow exec_option{
    exec_option_name, "PROG [ARG...]", "run a program without a configuration; the last option",
    [](Arguments&, std::string_view) { return std::string("write --exec PROG, not --exec=PROG"); }};
const OptionRow set_option{"set", "KEY=VALUE",
                           "set a configuration key, as a drop-in would; may be repeated",
                           [](Arguments& a, std::string_view setting) {
                               a.settings.emplace_back(setting);
                               return mistake_of_setting(setting);
                           }};
const OptionRow env_file_option{"env-file", "FILE",
                                "read environment variables from FILE; may be repeated",
                                [](Arguments& a, std::string_view file) {
                                    a.environment_files.emplace_back(file);
                                    return std::string();
                                }};
const OptionRow watch_option{"watch", "PATH",
                             "restart the service when PATH changes; may be repeated",
                             [](Arguments& a, std::string_view path) {
                                 a.watched.emplace_back(path);
                                 return std::string();
                             }};

std::vector<const OptionRow*> joined(std::vector<const OptionRow*> out,
                                     const std::vector<const OptionRow*>& more) {
    out.insert(out.end(), more.begin(), more.end());
    return out;
}

} // namespace

std::span<const CommandRow> command_table() {
    static const CommandRow rows[] = {
        {"start",
         "SERVICE...",
         1,
         any_number,
         {&daemon_option, &foreground_option, &no_adopt_option, &no_retry_option, &notify_fd_option,
          place_option(), quiet_option(), verbose_option()},
         "start services, wait until they are ready or have failed",
         run_start,
         true},
        {"run",
         "SERVICE [-- ARG...]",
         1,
         1,
         {&set_option, &env_file_option, &watch_option, &exec_option, &no_retry_option,
          &notify_fd_option, place_option(), quiet_option(), verbose_option()},
         "run a service in the foreground; ARGs are added to its exec-start",
         run_run,
         false,
         true},
        {"stop",
         "SERVICE...",
         1,
         any_number,
         {place_option(), quiet_option(), verbose_option()},
         "stop services, wait until all their processes are gone",
         run_stop,
         true},
        {"restart",
         "SERVICE...",
         1,
         any_number,
         {&no_retry_option, place_option(), quiet_option(), verbose_option()},
         "stop services and start them again",
         run_restart,
         true},
        {"reload",
         "SERVICE...",
         1,
         any_number,
         {place_option(), quiet_option(), verbose_option()},
         "make services reload their configuration",
         run_reload,
         true},
        {"status", "[SERVICE...]", 0, any_number,
         joined({&json_option, &metrics_option, place_option()}, question_options()),
         "show the status of services", run_status},
        {"logs", "SERVICE...", 1, any_number, joined(log_options(), {place_option()}),
         "show the output of services", run_logs},
        {"check",
         "FILE...",
         1,
         any_number,
         {&json_option, &offline_option, &unit_option},
         "check configuration files for mistakes",
         run_check},
        {"explain",
         "SERVICE",
         1,
         1,
         {&all_option, &daemon_option, &foreground_option, place_option()},
         "show which mode a start would take, why, and what it would run",
         run_explain},
        {"unit",
         "SERVICE",
         1,
         1,
         {&unit_format_option},
         "print a systemd unit or an init script for a service",
         run_unit},
        {"import",
         "UNIT...",
         1,
         any_number,
         {&output_option, &check_option, &json_option},
         "convert systemd units, report what has no effect",
         run_import},
        {"cat",
         "SERVICE...",
         1,
         any_number,
         {},
         "print configuration files with their drop-ins",
         run_cat},
        {"edit",
         "SERVICE",
         1,
         1,
         {&full_option},
         "edit a drop-in, which is checked before it is saved",
         run_edit},
        {"reference",
         "",
         0,
         0,
         {&reference_format_option},
         "print all configuration keys",
         run_reference},
    };
    return rows;
}

} // namespace amphid
