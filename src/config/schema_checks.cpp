// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/schema.h"

#include "config/packed_keys.h"

namespace amphid {

namespace {

using enum Applies;

constexpr Key<ReadyTable> ready_keys[] = {
    {"listen", &ReadyTable::listen, "", amphid,
     "Ready once a process of this service listens on this address. No connection is made.",
     R"("tcp:8080")"},
    {"connect", &ReadyTable::connect, "", amphid,
     "Ready once a connection to this address succeeds.", R"("unix:/run/web.sock")"},
    {"http", &ReadyTable::http, "", amphid,
     "Ready once the server answers with the expected status.",
     R"("http://localhost:8080/health 204")"},
    {"file", &ReadyTable::file, "", amphid,
     "Ready once this file exists. One that was there before the start has to change.",
     R"("/run/web/ready")"},
    {"dbus", &ReadyTable::dbus, "", amphid,
     "Ready once this name is owned on the system bus (for other users than root, on the session "
     "bus), like type dbus of systemd. The service is stopped when it loses the name.",
     R"("org.example.Web")"},
    {"command", &ReadyTable::command, "", amphid, "Ready once this command exits with 0.",
     R"(["/usr/bin/web", "--ping"])"},
    {"log", &ReadyTable::log, "", amphid,
     "Ready once a line of the service's output matches. Its output is then piped through the "
     "launcher.",
     R"("Listening on port")"},
    {"fd", &ReadyTable::fd, "", amphid,
     "Ready once the service writes a newline to this file descriptor, like notification-fd of "
     "s6.",
     R"(3)"},
    {"delay-sec", &ReadyTable::delay_sec, "", amphid,
     "Ready once the service has run for this long.", R"("2s")"},
    {"match", &ReadyTable::match, "", amphid,
     "Whether all of the conditions must hold, or any one of them.", R"("any")"},
    {"interval-sec", &ReadyTable::interval_sec, "", amphid,
     "The polling interval for conditions without a kernel event.", R"("500ms")"},
};

constexpr Key<HealthTable> health_keys[] = {
    {"command", &HealthTable::command, "", amphid, "Healthy as long as this command exits with 0.",
     R"(["/usr/bin/web", "--ping"])"},
    {"http", &HealthTable::http, "", amphid,
     "Healthy as long as the server answers with the expected status.",
     R"("http://localhost:8080/health")"},
    {"connect", &HealthTable::connect, "", amphid,
     "Healthy as long as a connection to this address succeeds.", R"("tcp:8080")"},
    {"listen", &HealthTable::listen, "", amphid,
     "Healthy as long as a process of this service listens on this address.", R"("tcp:8080")"},
    {"interval-sec", &HealthTable::interval_sec, "", amphid, "The time between health checks.",
     R"("10s")"},
    {"timeout-sec", &HealthTable::timeout_sec, "", amphid, "How long a health check may take.",
     R"("2s")"},
    {"failures", &HealthTable::failures, "", amphid,
     "How many consecutive health checks must fail before the service gets watchdog-signal and "
     "fails with the result watchdog.",
     R"(5)"},
};

constexpr Key<LogTable> log_keys[] = {
    {"file", &LogTable::file, "", amphid,
     "A file for output that standard-output and standard-error send nowhere else. It is rotated "
     "at the end of a line. Rotated files have the time of rotation appended to their name.",
     R"("/var/log/web/web.log")"},
    {"max-size", &LogTable::max_size, "", amphid,
     "The size at which to rotate the file; infinity disables this.", R"("50M")"},
    {"max-age", &LogTable::max_age, "", amphid,
     "Rotate the file at the first line of each period in UTC: \"1d\" for every day, \"1h\" for "
     "every hour.",
     R"("1d")"},
    {"keep", &LogTable::keep, "", amphid, "How many rotated files to keep.", R"(7)"},
    {"timestamps", &LogTable::timestamps, "", amphid,
     "What to put before each line: nothing, the time (RFC 3339, UTC), or the seconds since boot.",
     R"("rfc3339")"},
    {"prefix", &LogTable::prefix, "", amphid,
     "Put \"stdout: \" or \"stderr: \" before each line, after its timestamp.", "true"},
    {"compress", &LogTable::compress, "", amphid,
     "Compress rotated files with gzip(1) or zstd(1), in the background.", R"("zstd")"},
    {"owner", &LogTable::owner, "", amphid,
     "Who owns new files: USER, USER:GROUP or :GROUP. Needs root.", R"("root:adm")"},
    {"mode", &LogTable::mode, "", amphid, "The access mode of new files, in octal.", R"("0640")"},
};

} // namespace

KeyList<ReadyTable> keys_of(const ReadyTable&) {
    return PackedKeys<ready_keys>::list();
}
KeyList<HealthTable> keys_of(const HealthTable&) {
    return PackedKeys<health_keys>::list();
}
KeyList<LogTable> keys_of(const LogTable&) {
    return PackedKeys<log_keys>::list();
}

} // namespace amphid
