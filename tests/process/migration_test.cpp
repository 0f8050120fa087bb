// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The tables of docs/migration.md: what their right columns say is run, and the service finds what
// the row promises; beside the real start-stop-daemon, which promises it in the left column.

#include "fixture.h"
#include "helper/file.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <grp.h>
#include <map>
#include <pwd.h>
#include <regex>
#include <sstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class MigrationTest : public ProcessTest {
protected:
    struct Row {
        std::string left;
        std::string key;   // "service.nice"
        std::string value; // as TOML
    };
    using Rows = std::vector<Row>;

    void SetUp() override {
        ProcessTest::SetUp();
        if (::geteuid() != 0)
            GTEST_SKIP() << "rows change the user";
        // The service's user writes here; sticky, so that its programs are trusted.
        ASSERT_EQ(::chmod(path("").c_str(), 01777), 0);
        for (const char* directory :
             {"usr/bin", "usr/lib/web", "etc/sv/web", "etc/default", "srv/www", "srv/web", "run"})
            std::filesystem::create_directories(path(directory));
        write("etc/default/web", "FROM_FILE=yes\n");
        write("etc/sv/web/env.list", "FROM_FILE=yes\n");
        write("usr/lib/web/prepare", "#!/bin/sh\n: >" + path("prepared") + "\n", 0755);
        write("etc/sv/web/finish", "#!/bin/sh\n: >" + path("finished") + "\n", 0755);
    }

    static bool has(const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    }

    /// Every path is one below the test's folder, and what only takes time is short.
    std::string here(std::string text) const {
        text = std::regex_replace(text, std::regex("/var/log/(web/)?"), "@");
        text = std::regex_replace(text, std::regex("/(usr|etc|srv|var|run)/"), path("$1/"));
        text = std::regex_replace(text, std::regex("@"), path(""));
        if (::getpwnam("www-data") == nullptr)
            text = std::regex_replace(text, std::regex("www-data"), "nobody");
        return text;
    }

    Rows table(const std::string& title) const {
        std::istringstream in(
            read_file(std::string(AMPHID_SOURCE_DIR) + "/docs/migration.md").value_or(""));
        const std::regex row("\\| (.*) \\| `([a-zA-Z.-]+) = (.*)` \\|");
        std::string heading;
        Rows out;
        for (std::string line; std::getline(in, line);) {
            std::smatch found;
            if (line.starts_with("## "))
                heading = line.substr(3);
            else if (heading == title && std::regex_match(line, found, row))
                out.push_back({found[1], found[2], found[3]});
        }
        EXPECT_FALSE(out.empty()) << title;
        return out;
    }

    static const Row* find(const Rows& rows, const std::string& key) {
        for (const Row& row : rows)
            if (row.key == key)
                return &row;
        return nullptr;
    }
    static std::string value_of(const Rows& rows, const std::string& key) {
        const Row* row = find(rows, key);
        return row == nullptr ? "" : std::regex_replace(row->value, std::regex("\""), "");
    }

    /// What cannot be in one file is in several.
    static std::vector<Rows> services_of(const Rows& rows) {
        std::vector<Rows> out(1);
        for (const Row& row : rows) {
            std::size_t at = 0;
            const auto fits = [&](const Rows& other) {
                // One is stopped, one ends by itself, one is killed and restarted.
                const auto is_one = [](const std::string& key) {
                    return key == "service.kill-signal" || key == "service.restart" ||
                           key == "service.success-exit-status";
                };
                const bool apart =
                    is_one(row.key) && std::any_of(other.begin(), other.end(),
                                                   [&](const Row& has) { return is_one(has.key); });
                return find(other, row.key) == nullptr && !apart;
            };
            while (at < out.size() && !fits(out[at]))
                ++at;
            out.resize(std::max(out.size(), at + 1));
            out[at].push_back(row);
        }
        return out;
    }

    /// The program that says what it finds, under each name that the tables have for it.
    void make_program(const Rows& rows) const {
        const std::string signal = value_of(rows, "service.kill-signal");
        const std::string success = value_of(rows, "service.success-exit-status");
        const std::string on =
            signal.empty() ? "TERM" : signal.substr(signal.starts_with("SIG") * 3);
        const std::string out = path("");
        std::string text = "#!/bin/sh\nif [ \"$1\" = --prepare ]; then : >" + out +
                           "prepared; exit; fi\necho \"$*\" >" + out + "arguments\nexec " +
                           helper_binary() + " serve --record " + out + "record --log-signals " +
                           out + "signals --exit-on " + on +
                           ":0 --exit-on USR1:" + (success.empty() ? "0" : success) +
                           " --stdout said --stderr also";
        if (find(rows, "ready.fd") != nullptr)
            text += " --newline " + value_of(rows, "ready.fd");
        text += " --notify --ready-file " + out + "began\n";
        for (const char* name : {"usr/bin/web", "usr/bin/node", "etc/sv/web/run"})
            write(name, text, 0755);
    }

    std::string file_of(const Rows& rows) const {
        std::string out;
        const auto add = [&](const std::string& key, const std::string& value) {
            if (find(rows, key) == nullptr)
                out += key + " = " + here(value) + "\n";
        };
        for (const Row& row : rows) {
            const bool is_slow = row.key == "ready.delay-sec" || row.key == "service.drain-sec";
            const bool elsewhere = row.key == "service.root-directory"; // has no program
            if (!elsewhere)
                out += row.key + " = " +
                       (row.key == "service.state-directory" ? quoted(name())
                        : is_slow                            ? "0.05"
                                                             : here(row.value)) +
                       "\n";
            if (row.key == "service.restart-steps")
                add("service.restart-max-delay-sec", "\"1min\"");
            if (row.key.starts_with("log."))
                add("log.file", "\"/var/log/web.log\"");
            if (row.key == "health.interval-sec" || row.key == "health.failures")
                add("health.command", "[\"/bin/true\"]");
        }
        add("service.exec-start", "\"/usr/bin/web\"");
        return out;
    }

    /// That limit, or what this machine lets us have of it.
    static std::string limited(const std::string& value) {
        rlimit ours{};
        ::getrlimit(RLIMIT_NOFILE, &ours);
        const rlimit more{ours.rlim_cur, std::stoull(value)};
        const bool has = more.rlim_max <= ours.rlim_max || ::setrlimit(RLIMIT_NOFILE, &more) == 0;
        ::setrlimit(RLIMIT_NOFILE, &ours);
        const std::string out = has ? value : std::to_string(ours.rlim_max);
        return out + ":" + out;
    }

    /// There is no program in the jail: what runs outside of it is not found.
    void expect_jailed(const Row& row) {
        std::filesystem::create_directories(path("srv/jail"));
        const std::string toml = "service.type = \"oneshot\"\nservice.exec-start = \"/bin/true\"\n";
        configure(toml);
        EXPECT_EQ(start({"--daemon"}).code, 0);
        stop();
        configure(toml + row.key + " = " + here(row.value) + "\n");
        const Outcome outcome = start({"--daemon"});
        EXPECT_EQ(outcome.code, 5) << outcome.out;
        expect_words(outcome.err, "/bin/true: No such file or directory");
        stop();
    }

    /// What the main process found, by key; true if the row is about such a thing.
    bool expect_found(const Row& row, Fields& found) {
        const std::string value = std::regex_replace(here(row.value), std::regex("\""), "");
        const std::string& key = row.key;
        if (key == "service.working-directory")
            EXPECT_EQ(found["cwd"], value);
        else if (key == "service.user")
            EXPECT_EQ(found["uid"], std::to_string(::getpwnam(value.c_str())->pw_uid));
        else if (key == "service.group")
            EXPECT_EQ(found["gid"], std::to_string(::getgrnam(value.c_str())->gr_gid));
        else if (key == "service.umask")
            EXPECT_EQ(found["umask"], value);
        else if (key == "service.nice")
            EXPECT_EQ(found["nice"], value);
        else if (key == "service.limit-nofile")
            EXPECT_EQ(found["limit.nofile"], limited(value));
        else if (key == "service.environment")
            EXPECT_EQ(found["env.PORT"], "80");
        else if (key == "service.environment-file")
            EXPECT_EQ(found["env.FROM_FILE"], "yes");
        else if (key == "service.exec-start")
            EXPECT_EQ(read("arguments"), has(value, "--port")    ? "--port 80\n"
                                         : has(value, "/app.js") ? path("srv/web/app.js") + "\n"
                                                                 : "\n");
        else if (key == "service.type")
            EXPECT_NE(found["env.NOTIFY_SOCKET"], "");
        else if (key == "ready.fd")
            EXPECT_TRUE(has(found["fd." + value], "pipe:")) << found["fd." + value];
        else
            return false;
        return true;
    }

    /// What is to be seen of it while it runs.
    bool expect_seen(const Row& row) {
        const std::string value = std::regex_replace(here(row.value), std::regex("\""), "");
        const std::string& key = row.key;
        if (key == "launcher.mode")
            EXPECT_EQ(state("mode"), value);
        else if (key == "launcher.pid-file")
            EXPECT_EQ(read_file(value).value_or(""), std::to_string(launcher()) + "\n");
        else if (key == "service.exec-start-pre")
            EXPECT_TRUE(exists(path("prepared")));
        else if (key == "service.state-directory")
            EXPECT_TRUE(exists("/var/lib/" + name()));
        else if (key == "log.file" || key == "service.standard-output")
            EXPECT_TRUE(await("its output in the log", [&] {
                return has(read_file(value.substr(value.find('/'))).value_or(""), "said");
            }));
        else if (key == "service.standard-error")
            EXPECT_TRUE(await("its messages in the same file", [&] {
                return has(read_file(path("web.log")).value_or(""), "also");
            }));
        else if (key == "log.timestamps")
            EXPECT_TRUE(await("a line with its time", [&] {
                return std::regex_search(read_file(path("current")).value_or(""),
                                         std::regex("^20[0-9-]+T[0-9:.]+Z? ?[^ ]* said"));
            }));
        else if (key == "ready.delay-sec")
            EXPECT_TRUE(has(state("met"), "delay")) << state("met");
        else
            return false;
        return true;
    }

    /// What shows when it ends, by itself or not.
    bool expect_at_the_end(const Row& row) {
        const std::string value = std::regex_replace(row.value, std::regex("\""), "");
        if (row.key == "service.kill-signal")
            EXPECT_TRUE(
                read("signals").ends_with(value.substr(value.starts_with("SIG") * 3) + "\n"))
                << value << " is not the last of: " << read("signals");
        else if (row.key == "service.exec-stop-post")
            EXPECT_TRUE(exists(path("finished")));
        else
            return false;
        return true;
    }

    /// What takes longer than a test may: it is in effect, as far as `explain` and `unit` know, and
    /// other tests show the effect.
    void expect_in_effect(const Row& row, const std::string& explained, const std::string& unit) {
        const std::string name = row.key.substr(row.key.rfind('.') + 1);
        const bool of_unit = row.key.starts_with("unit.") || row.key.starts_with("install.") ||
                             row.key.starts_with("systemd.");
        EXPECT_TRUE(of_unit ? has(unit, std::regex_replace(row.value, std::regex("\""), ""))
                            : std::regex_search(explained, std::regex(name + " = [^\n]*line ")))
            << row.left << ": " << row.key << '\n'
            << explained << unit;
    }

    void run_service(const Rows& rows) {
        for (const char* file : {"arguments", "record", "signals", "began", "prepared", "finished"})
            std::filesystem::remove(path("") + file);
        make_program(rows);
        configure(file_of(rows));
        const std::string explained = amphid({"explain", config()}).out;
        const std::string unit = amphid({"unit", config()}).out;
        started({"--daemon"});
        ASSERT_TRUE(await_file("began"));
        Fields found = record("record");
        Rows rest;
        for (const Row& row : rows)
            if (!expect_found(row, found) && !expect_seen(row))
                rest.push_back(row);
        if (find(rows, "service.success-exit-status") != nullptr) {
            send_signal(main_pid(), SIGUSR1);
            EXPECT_TRUE(await_state("dead"));
            EXPECT_EQ(state("result"), "success");
        } else if (find(rows, "service.restart") != nullptr) {
            send_signal(main_pid(), SIGKILL);
            EXPECT_TRUE(await_field("restarts", "1"));
            EXPECT_TRUE(await("the service to run or to wait", [&] {
                return state("state") == "auto-restart" || state("ready-usec") != "0";
            }));
        }
        EXPECT_EQ(stop().code, 0);
        for (const Row& row : rest)
            if (row.key == "service.root-directory")
                expect_jailed(row);
            else if (!expect_at_the_end(row))
                expect_in_effect(row, explained, unit);
        std::filesystem::remove("/var/lib/" + name());
        expect_nobody_left();
    }

    void run_table(const std::string& title) {
        for (const Rows& rows : services_of(table(title))) {
            SCOPED_TRACE(file_of(rows));
            run_service(rows);
        }
    }
};

TEST_F(MigrationTest, SystemdUnit) {
    run_table("systemd unit");
}
TEST_F(MigrationTest, Supervisord) {
    run_table("supervisord");
}
TEST_F(MigrationTest, StartStopDaemon) {
    run_table("start-stop-daemon and LSB scripts");
}
TEST_F(MigrationTest, OpenRc) {
    run_table("OpenRC");
}
TEST_F(MigrationTest, RunitAndS6) {
    run_table("runit and s6");
}
TEST_F(MigrationTest, DockerEntrypoint) {
    run_table("A docker-entrypoint with tini");
}
TEST_F(MigrationTest, Pm2) {
    run_table("pm2");
}

// The left column, done by the real thing, gives the service the same.
TEST_F(MigrationTest, BesideTheRealStartStopDaemon) {
    if (::access("/usr/sbin/start-stop-daemon", X_OK) < 0 &&
        ::access("/sbin/start-stop-daemon", X_OK) < 0)
        GTEST_SKIP() << "this machine has no start-stop-daemon";
    const Rows rows = table("start-stop-daemon and LSB scripts");
    run_service(services_of(rows).front());
    Fields ours = record("record");
    const std::string arguments = read("arguments");
    std::string options;
    std::string program;
    std::string retry;
    for (const Row& row : rows) {
        const std::string words = here(std::regex_replace(row.left, std::regex("`"), ""));
        if (words.starts_with("--exec"))
            program = " " + words;
        else if (words.starts_with("--retry"))
            retry = " " + words;
        else if (words.starts_with("--") && !words.starts_with("--chroot"))
            options += " " + words;
    }
    for (const char* file : {"arguments", "record", "signals", "began"})
        std::filesystem::remove(path("") + file);
    const Outcome outcome =
        run({.command = {"sh", "-c", "exec start-stop-daemon --start" + options + program}});
    ASSERT_EQ(outcome.code, 0) << options << program << outcome.err;
    ASSERT_TRUE(await_file("began"));
    Fields theirs = record("record");
    for (const char* what : {"uid", "gid", "cwd", "umask", "nice"})
        EXPECT_EQ(ours[what], theirs[what]) << what;
    EXPECT_EQ(arguments, read("arguments"));
    EXPECT_EQ(run({.command = {"sh", "-c",
                               "exec start-stop-daemon --stop" + retry + " --pidfile " +
                                   path("run/web.pid")}})
                  .code,
              0);
    EXPECT_EQ(read("signals"), "TERM\n");
    expect_nobody_left();
}

} // namespace amphid::test
