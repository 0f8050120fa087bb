// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// What stands in the runtime directory is a claim: old, forged, or somebody else's.

#include "fixture.h"
#include "helper/file.h"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <sys/stat.h>

namespace amphid::test {

class TrustTest : public ProcessTest {
protected:
    /// Makes the runtime directory as an earlier run left it, without its files; keeps the state
    /// of that run as the pattern of every forgery.
    void prepare_directory() {
        started();
        pattern_ = read_file(runtime("state")).value_or("");
        stopped();
        for (const auto& entry : std::filesystem::directory_iterator(runtime()))
            std::filesystem::remove(entry.path());
    }

    /// A process that has nothing to do with the service.
    Program& bystander() {
        Program& program =
            spawn({.command = {helper_binary(), "serve", "--ready-file", path("bystander")}});
        EXPECT_TRUE(await_file("bystander"));
        return program;
    }

    void end_bystander(Program& program) {
        EXPECT_TRUE(is_alive(program.pid)) << "a stranger was killed";
        send_signal(program.pid, SIGKILL);
        finish(program);
    }

    static std::string boot_id() {
        std::string id = read_file("/proc/sys/kernel/random/boot_id").value_or("\n");
        id.pop_back();
        return id;
    }

    /// A state file, right in every other way, that claims this process to be launcher and main
    /// process.
    std::string claim(pid_t pid, std::uint64_t start_time, const std::string& boot) const {
        std::string text = pattern_;
        for (const std::string who : {"launcher.", "main."}) {
            text = with_value(text, who + "pid=", std::to_string(pid));
            text = with_value(text, who + "start-time=", std::to_string(start_time));
            text = with_value(text, who + "boot-id=", boot);
        }
        return text;
    }

    static std::string with_value(std::string text, const std::string& key,
                                  const std::string& value) {
        const std::size_t at = text.find("\n" + key);
        EXPECT_NE(at, std::string::npos) << key;
        if (at != std::string::npos) {
            const std::size_t begin = at + 1 + key.size();
            text.replace(begin, text.find('\n', begin) - begin, value);
        }
        return text;
    }

    void put(const std::string& file, const std::string& text) {
        ASSERT_TRUE(write_file(runtime(file), text));
    }

    /// A start, a status and a stop as if nothing had been there.
    void expect_normal_life() {
        started();
        EXPECT_EQ(status().code, 0);
        stopped();
    }

    const std::string plain = service("notify", {"--notify"});

private:
    std::string pattern_;
};

// P5: the number was given to another process.
TEST_F(TrustTest, ReusedPidIsNotOurs) {
    configure(plain);
    prepare_directory();
    Program& other = bystander();
    put("state", claim(other.pid, stat_of(other.pid)->start_time + 1, boot_id()));
    put("pid", std::to_string(other.pid) + "\n");
    EXPECT_EQ(status().code, 1) << "dead, but the pid file exists";
    EXPECT_EQ(stop().code, 0);
    EXPECT_TRUE(is_alive(other.pid));
    expect_normal_life();
    end_bystander(other);
}

// P5: the machine was booted since.
TEST_F(TrustTest, StateOfAnotherBootIsOld) {
    configure(plain);
    prepare_directory();
    Program& other = bystander();
    put("state",
        claim(other.pid, stat_of(other.pid)->start_time, "00000000-0000-0000-0000-000000000000"));
    EXPECT_EQ(status().code, 3);
    EXPECT_EQ(stop().code, 0);
    expect_normal_life();
    end_bystander(other);
}

TEST_F(TrustTest, StalePidFileAloneIsReplaced) {
    configure(plain);
    prepare_directory();
    Program& other = bystander();
    put("pid", std::to_string(other.pid) + "\n");
    EXPECT_EQ(status().code, 1);
    expect_normal_life();
    end_bystander(other);
}

TEST_F(TrustTest, BrokenStateIsUnknownAndDoesNotStopAStart) {
    configure(plain);
    prepare_directory();
    for (const std::string& text :
         {std::string(), std::string("rubbish"), std::string("amphid-state=999\nstate=running\n"),
          std::string("amphid-state=1\nlauncher.pid=abc\n"), std::string(100000, 'x'),
          std::string("amphid-state=1\nname=\0x\n", 22)}) {
        put("state", text);
        const Outcome said = status();
        EXPECT_TRUE(said.code == 3 || said.code == 4) << said.code << said.out << said.err;
        EXPECT_EQ(said.signal, 0);
        expect_normal_life();
    }
}

// O_NONBLOCK: a FIFO must not hold us up.
TEST_F(TrustTest, StateThatIsNoFile) {
    configure(plain);
    prepare_directory();
    ASSERT_EQ(::mkfifo(runtime("state").c_str(), 0644), 0);
    const Outcome said = status();
    EXPECT_TRUE(said.code == 3 || said.code == 4) << said.code;
    EXPECT_EQ(stop().signal, 0);
    expect_normal_life();
}

TEST_F(TrustTest, StateWithSeveralLinksOrBehindASymlinkIsNotBelieved) {
    configure(plain);
    prepare_directory();
    Program& other = bystander();
    const std::string text = claim(other.pid, stat_of(other.pid)->start_time, boot_id());
    write("claim", text);
    ASSERT_EQ(::symlink(path("claim").c_str(), runtime("state").c_str()), 0);
    EXPECT_NE(status().code, 0);
    stop();
    EXPECT_TRUE(is_alive(other.pid));
    std::filesystem::remove(runtime("state"));
    write_file(runtime("first"), text);
    ASSERT_EQ(::link(runtime("first").c_str(), runtime("state").c_str()), 0);
    EXPECT_NE(status().code, 0);
    stop();
    EXPECT_TRUE(is_alive(other.pid));
    std::filesystem::remove(runtime("first"));
    std::filesystem::remove(runtime("state"));
    expect_normal_life();
    EXPECT_EQ(read("claim"), text);
    end_bystander(other);
}

// P33: what our files are called may be a link to something precious.
TEST_F(TrustTest, LinksAreReplacedOrRefusedNeverFollowed) {
    configure(plain);
    prepare_directory();
    for (const char* file : {"state", "pid", "lock", "notify"}) {
        write("precious", "precious\n", 0600);
        std::filesystem::remove(runtime(file));
        ASSERT_EQ(::symlink(path("precious").c_str(), runtime(file).c_str()), 0);
        const Outcome outcome = start();
        EXPECT_EQ(read("precious"), "precious\n") << file;
        struct stat info {};
        ASSERT_EQ(::stat(path("precious").c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0777U, 0600U) << file;
        if (outcome.code == 0)
            stopped();
        else
            std::filesystem::remove(runtime(file));
        EXPECT_EQ(read("precious"), "precious\n") << file;
    }
    expect_normal_life();
}

TEST_F(TrustTest, DanglingLinksCreateNothing) {
    configure(plain);
    prepare_directory();
    for (const char* file : {"state", "pid", "lock"}) {
        std::filesystem::remove(runtime(file));
        ASSERT_EQ(::symlink(path("created").c_str(), runtime(file).c_str()), 0);
        if (start().code == 0)
            stopped();
        else
            std::filesystem::remove(runtime(file));
        EXPECT_FALSE(exists(path("created"))) << file;
    }
}

TEST_F(TrustTest, PidFileElsewhereIsNeverWrittenThroughALink) {
    write("precious", "precious\n");
    ASSERT_EQ(::symlink(path("precious").c_str(), path("web.pid").c_str()), 0);
    configure(plain + "[launcher]\npid-file = " + quoted(path("web.pid")) + "\n");
    if (start().code == 0) {
        EXPECT_FALSE(std::filesystem::is_symlink(path("web.pid")));
        stopped();
    }
    EXPECT_EQ(read("precious"), "precious\n");
}

// CVE-2018-16888 and its kin: a service's user writes what root's stop then believes.
TEST_F(TrustTest, ForeignOwnersClaimKillsNobodyOfRoot) {
    if (::getuid() != 0)
        GTEST_SKIP() << "only root can be abused like this";
    configure(plain);
    prepare_directory();
    Program& other = bystander();
    put("state", claim(other.pid, stat_of(other.pid)->start_time, boot_id()));
    put("pid", std::to_string(other.pid) + "\n");
    for (const char* file : {"", "state", "pid"})
        ASSERT_EQ(::chown(runtime(file).c_str(), 65534, 65534), 0);
    const Outcome outcome = stop();
    EXPECT_TRUE(is_alive(other.pid)) << outcome.out << outcome.err;
    amphid({"reload", config()});
    amphid({"restart", config()});
    stop();
    end_bystander(other);
}

// A launcher that was killed, says the file, and names a process of root's as what it left.
TEST_F(TrustTest, ForeignOwnersOrphanIsNobody) {
    if (::getuid() != 0)
        GTEST_SKIP() << "only root can be abused like this";
    configure(plain);
    prepare_directory();
    Program& other = bystander();
    std::string text = claim(other.pid, stat_of(other.pid)->start_time, boot_id());
    text = with_value(text, "launcher.pid=", "4194303");
    text = with_value(text, "state=", "running");
    text = with_value(text, "status-text=", "planted");
    text = with_value(text, "failure=", "planted");
    put("state", text);
    for (const char* file : {"", "state"})
        ASSERT_EQ(::chown(runtime(file).c_str(), 65534, 65534), 0);
    for (const char* command : {"status", "stop", "restart", "reload", "start"}) {
        const Outcome outcome = amphid({command, config()});
        EXPECT_NE(outcome.code, 0) << command;
        EXPECT_EQ((outcome.out + outcome.err).find("planted"), std::string::npos) << command;
        EXPECT_TRUE(is_alive(other.pid)) << command;
    }
    end_bystander(other);
}

// The INVOCATION_ID of root's service is no secret: who copies it is no member of it.
TEST_F(TrustTest, CopiedInvocationIdIsNoMembership) {
    if (::getuid() != 0)
        GTEST_SKIP() << "only root has strangers";
    configure(plain);
    const pid_t dead = started();
    const pid_t main = main_pid();
    Program& hostile =
        spawn({.command = {"/usr/bin/env", "INVOCATION_ID=" + state("invocation-id"), "setpriv",
                           "--reuid=65534", "--clear-groups", helper_binary(), "serve"}});
    const std::string process = "/proc/" + std::to_string(hostile.pid);
    ASSERT_TRUE(await("another user's process", [&] {
        struct stat st {};
        return ::stat(process.c_str(), &st) == 0 && st.st_uid == 65534;
    }));
    send_signal(dead, SIGKILL);
    ASSERT_TRUE(await_gone(dead));
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(is_alive(main));
    end_bystander(hostile);
}

// The directory is root's, the file is not.
TEST_F(TrustTest, StateOfAnotherOwnerIsNotBelieved) {
    if (::getuid() != 0)
        GTEST_SKIP() << "only root can give a file away";
    configure(plain);
    prepare_directory();
    Program& other = bystander();
    put("state", claim(other.pid, stat_of(other.pid)->start_time, boot_id()));
    ASSERT_EQ(::chown(runtime("state").c_str(), 65534, 65534), 0);
    EXPECT_NE(status().code, 0);
    stop();
    EXPECT_TRUE(is_alive(other.pid));
    // That owner's process, too, is none of root's service.
    Program& theirs = spawn(
        {.command = {"setpriv", "--reuid=65534", "--clear-groups", helper_binary(), "serve"}});
    const std::string process = "/proc/" + std::to_string(theirs.pid);
    ASSERT_TRUE(await("a process of that owner", [&] {
        struct stat st {};
        return ::stat(process.c_str(), &st) == 0 && st.st_uid == 65534;
    }));
    ASSERT_EQ(::unlink(runtime("state").c_str()), 0);
    put("state", claim(theirs.pid, stat_of(theirs.pid)->start_time, boot_id()));
    ASSERT_EQ(::chown(runtime("state").c_str(), 65534, 65534), 0);
    EXPECT_EQ(status().code, 4);
    expect_normal_life();
    end_bystander(theirs);
    end_bystander(other);
}

// Anybody may bind the name under which root's launcher shows that it is alive.
TEST_F(TrustTest, AnotherUsersPresenceIsNotBelieved) {
    if (::getuid() != 0)
        GTEST_SKIP() << "only root has strangers";
    configure(plain);
    prepare_directory();
    struct stat space {};
    ASSERT_EQ(::stat("/proc/self/ns/pid", &space), 0);
    ASSERT_EQ(::chmod(path("").c_str(), 01777), 0);
    Program& hostile =
        spawn({.command = {"setpriv", "--reuid=65534", "--clear-groups", helper_binary(), "serve",
                           "--socket", "datagram",
                           "@amphid/" + std::to_string(space.st_ino) + "/0" + runtime(),
                           "--log-signals", path("signals"), "--ready-file", path("there")}});
    ASSERT_TRUE(await_file("there"));
    EXPECT_EQ(status().code, 3) << status().out;
    EXPECT_EQ(stop().code, 0);
    expect_normal_life();
    EXPECT_EQ(read("signals"), "");
    end_bystander(hostile);
}

// No place for our files: one sentence, exit 6, and never /tmp (P60).
TEST_F(TrustTest, NoPlaceForOurFiles) {
    configure(plain);
    Launch launch{.environment = {{"XDG_RUNTIME_DIR", ""}, {"HOME", ""}, {"XDG_STATE_HOME", ""}}};
    if (::getuid() == 0)
        launch.command = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
    const Outcome outcome = amphid({"start", config()}, launch);
    EXPECT_EQ(outcome.code, 6) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_TRUE(outcome.err.starts_with("amphid: ")) << outcome.err;
    EXPECT_FALSE(exists("/tmp/amphid"));
}

// A unit with User= has its files where RuntimeDirectory= says.
TEST_F(TrustTest, RuntimeDirectoryOfAUnitWithUser) {
    configure(service("notify", {"--exit-on", "TERM:0", "--notify"}));
    std::filesystem::create_directory(path("given"));
    ::chmod(path("given").c_str(), 0755);
    Launch launch{.environment = {{"XDG_RUNTIME_DIR", ""}, {"RUNTIME_DIRECTORY", path("given")}},
                  .by_systemd = true};
    if (::getuid() == 0) {
        // setpriv becomes amphid in place, so SYSTEMD_EXEC_PID is right.
        launch.command = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
        ASSERT_EQ(::chown(path("given").c_str(), 65534, 65534), 0);
        ASSERT_EQ(::chmod(path("manager").c_str(), 0777), 0);
    }
    Program& unit = spawn_amphid({"start", config()}, launch);
    ASSERT_TRUE(await("READY=1", [&] { return count_messages("READY=1") > 0 || unit.status; }));
    ASSERT_FALSE(unit.status) << unit.error;
    EXPECT_EQ(read("given/pid"), std::to_string(unit.pid) + "\n");
    EXPECT_EQ(parse_fields(read("given/state"))["state"], "running");
    send_signal(unit.pid, SIGTERM);
    EXPECT_EQ(finish(unit).code, 0);
    EXPECT_FALSE(exists(path("given/pid")));
}

} // namespace amphid::test
