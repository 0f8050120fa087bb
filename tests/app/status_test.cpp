// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/status_formats.h"
#include "app/status_text.h"

#include "../house/golden.h"
#include "../plan/json_reader.h"

#include <cstdint>

// What `status` prints, from made-up services: the same on every machine.

namespace amphid {
namespace {

constexpr std::uint64_t second = 1'000'000;
constexpr std::uint64_t now = 1'800'000'000 * second; // Fri 2027-01-15 08:00:00 UTC

class StatusTest : public testing::Test {
protected:
    void SetUp() override {
        const char* zone = std::getenv("TZ");
        zone_ = zone == nullptr ? "" : zone;
        ::setenv("TZ", "UTC", 1);
        ::tzset();
    }
    void TearDown() override {
        zone_.empty() ? ::unsetenv("TZ") : ::setenv("TZ", zone_.c_str(), 1);
        ::tzset();
    }

    static ServiceStatus running() {
        ServiceStatus out;
        out.state.name = "web";
        out.state.config = "/etc/amphid/web.toml";
        out.state.state = ServiceState::running;
        out.state.launcher.pid = 120;
        out.state.main.pid = 123;
        out.state.since_usec = out.state.ready_usec = now - 185 * second;
        out.state.status_text = "serving 5 clients";
        out.state.met = "listen tcp:8080 (held by PID 123)";
        out.state.pid_file = "/run/amphid/web/pid";
        out.state.restarts = 2;
        out.state.failure = "web: exited with 3 (exit-code)";
        out.state.failure_usec = now - 200 * second;
        out.description = "Demo web server";
        out.main_command = "/usr/bin/python3 -m http.server 8080";
        out.launcher_lives = out.main_lives = out.pid_file = true;
        out.code = StatusCode::running;
        out.usage = {4, 12'900'000, 1'234'567};
        return out;
    }

    static ServiceStatus failed() {
        ServiceStatus out;
        out.state.name = "db";
        out.state.config = "/etc/amphid/db.toml";
        out.state.state = ServiceState::failed;
        out.state.result = ServiceResult::exit_code;
        out.state.exit = {ExitKind::exited, 7, ExecStage::none};
        out.state.since_usec = out.state.failure_usec = now - 2 * 86400 * second - 3600 * second;
        out.state.failure = "db: exited with 7 (exit-code)";
        out.output = {"starting", "cannot bind: \x1b[31mAddress already in use"};
        return out;
    }

    static ServiceStatus waiting() {
        ServiceStatus out = running();
        out.state.name = "mail";
        out.state.state = ServiceState::auto_restart;
        out.state.result = ServiceResult::signal;
        out.state.main = {};
        out.state.ready_usec = 0;
        out.state.failure = "mail: killed by SIGSEGV";
        out.state.since_usec = out.state.failure_usec = now - 2 * second;
        out.state.next_restart_usec = now + 3 * second;
        out.state.status_text.clear();
        out.state.met.clear();
        out.main_command.clear();
        out.description.clear();
        out.main_lives = false;
        out.pid_file = false;
        out.code = StatusCode::not_running;
        out.usage = {0, 0, 0};
        return out;
    }

    static ServiceStatus never() {
        ServiceStatus out;
        out.state.name = "ärger";
        out.state.config = "/etc/amphid/ärger.toml";
        out.description = "Configured and never started, with a long description";
        return out;
    }

    static Look plain() { return {false, true, 0, now}; }

private:
    std::string zone_;
};

TEST_F(StatusTest, Text) {
    std::string out;
    for (const ServiceStatus& status : {running(), failed(), waiting(), never()}) {
        out += status_text(status, plain()) + "---\n";
    }
    ServiceStatus orphan = running();
    orphan.launcher_lives = false;
    ServiceStatus gone = never();
    gone.known = gone.configured = false;
    gone.state.config.clear();
    gone.code = StatusCode::unknown;
    ServiceStatus unreadable = never();
    unreadable.readable = false;
    ServiceStatus starting = running();
    starting.state.state = ServiceState::start;
    starting.state.ready_usec = 0;
    starting.state.waiting_for = "listen tcp:8080 (nothing listens)";
    starting.code = StatusCode::not_running;
    ServiceStatus bare = running();
    bare.state.concessions =
        "nice: -5 cannot be had here; not applied outside systemd: PrivateTmp=";
    for (const ServiceStatus& status : {orphan, gone, unreadable, starting, bare}) {
        out += status_text(status, plain()) + "---\n";
    }
    EXPECT_TRUE(is_golden("tests/app/status_text.txt", out));
}

TEST_F(StatusTest, TextOnANarrowTerminalWithColours) {
    std::string out;
    for (const ServiceStatus& status : {running(), failed(), waiting()}) {
        out += status_text(status, {true, false, 40, now});
    }
    std::string shown;
    for (const char c : out) {
        shown += c == '\033' ? std::string("<ESC>") : std::string(1, c);
    }
    EXPECT_TRUE(is_golden("tests/app/status_narrow.txt", shown));
}

TEST_F(StatusTest, Table) {
    const std::vector<ServiceStatus> all{running(), never(), waiting(), failed()};
    EXPECT_TRUE(
        is_golden("tests/app/status_table.txt", status_table(all, plain()) + "---\n" +
                                                    status_table(all, {false, false, 60, now}) +
                                                    "---\n" + status_table({}, plain())));
}

TEST_F(StatusTest, NoLineIsWiderThanTheTerminal) {
    for (std::size_t width = 30; width < 90; ++width) {
        const std::string table =
            status_table({running(), never(), waiting(), failed()}, {false, true, width, now});
        const std::string page = status_text(running(), {false, true, width, now});
        for (const std::string& text : {table, page}) {
            for (const std::string_view line : split(text, '\n')) {
                const auto columns = std::count_if(
                    line.begin(), line.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; });
                // The first lines of a page are names, which are never cut.
                const bool free =
                    line.find(" since ") != std::string_view::npos || line.starts_with("● web - ");
                EXPECT_TRUE(free || columns <= static_cast<std::ptrdiff_t>(width)) << line;
            }
        }
    }
}

TEST_F(StatusTest, Json) {
    EXPECT_TRUE(is_golden("tests/app/status_json.txt",
                          status_json(running()) + '\n' + status_json(failed()) + '\n' +
                              status_json(waiting()) + '\n' + status_json(never()) + '\n'));
    EXPECT_TRUE(JsonReader::read(status_json(running())).has_value());
    for (const std::string_view internal : {"pipe", "serial", "boot", "notify-address", "cgroup"}) {
        EXPECT_EQ(status_json(running()).find(internal), std::string::npos) << internal;
    }
}

TEST_F(StatusTest, Metrics) {
    EXPECT_TRUE(is_golden("tests/app/status_metrics.txt",
                          status_metrics({running(), failed(), waiting(), never()})));
}

TEST_F(StatusTest, AMemberIsInTheSchemaAndInTheManual) {
    const std::string schema = status_json_schema();
    const std::string man = status_man("1");
    const std::string line = status_json(running());
    // Names stand before ":" and begin with a letter; texts in this line have no such pattern.
    for (std::size_t at = line.find('"'); at != std::string::npos;) {
        const auto end = line.find('"', at + 1);
        if (end != std::string::npos && line[end + 1] == ':') {
            const std::string name = line.substr(at, end - at + 1);
            EXPECT_NE(schema.find(concat(name, ": {")), std::string::npos) << name;
            std::string roff;
            for (const char c : name.substr(1, name.size() - 2)) {
                roff += c == '-' ? std::string("\\-") : std::string(1, c);
            }
            EXPECT_NE(man.find(concat(".B ", roff, '\n')), std::string::npos) << name;
        }
        at = line.find('"', end + 1);
    }
}

} // namespace
} // namespace amphid
