// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Who a service runs as and what it may use: each key as the service itself finds it.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class ContextTest : public ProcessTest {
protected:
    void SetUp() override {
        ProcessTest::SetUp();
        // The service's user writes its record here; sticky, so that the configuration is trusted.
        ASSERT_EQ(::chmod(path("").c_str(), 01777), 0);
    }

    /// Starts a service with these lines and returns what it says of itself.
    Fields found_with(const std::string& keys, const Words& options = {}) {
        configure(service("notify", {"--record", path("record"), "--notify"}) + keys);
        ::unlink(path("record").c_str()); // another user's cannot be written again
        started(options);
        Fields found = record("record");
        stopped();
        return found;
    }

    /// A processor that the tests may use.
    static std::size_t first_cpu() {
        cpu_set_t allowed;
        CPU_ZERO(&allowed);
        ::sched_getaffinity(0, sizeof allowed, &allowed);
        std::size_t cpu = 0;
        while (cpu + 1 < CPU_SETSIZE && !CPU_ISSET(cpu, &allowed))
            ++cpu;
        return cpu;
    }

    /// The same without root.
    static Launch as_nobody() {
        return {.command = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}};
    }

    /// A refused start: nothing was started, and the words say why.
    void expect_refusal(const std::string& keys, const std::string& words, int code,
                        const Launch& launch = {}) {
        configure(service("notify", {"--append-text", path("began"), "x", "--notify"}) + keys);
        const Outcome outcome = amphid({"start", config()}, launch);
        EXPECT_EQ(outcome.code, code) << outcome.err;
        EXPECT_NE(outcome.err.find(words), std::string::npos) << outcome.err;
        EXPECT_EQ(read("began"), "");
    }
};

/// What only root can have.
class RootContextTest : public ContextTest {
protected:
    void SetUp() override {
        ContextTest::SetUp();
        if (::geteuid() != 0)
            GTEST_SKIP() << "needs root";
    }
};

TEST_F(RootContextTest, UserWithItsGroupsAndVariables) {
    Fields found = found_with("user = \"daemon\"\n");
    EXPECT_EQ(found["status.Uid"], "1\t1\t1\t1");
    EXPECT_EQ(found["status.Gid"], "1\t1\t1\t1");
    EXPECT_EQ(found["status.Groups"], "1 ");
    EXPECT_EQ(found["status.CapEff"], "0000000000000000");
    EXPECT_EQ(found["status.CapPrm"], "0000000000000000");
    EXPECT_EQ(found["env.USER"], "daemon");
    EXPECT_EQ(found["env.LOGNAME"], "daemon");
    EXPECT_EQ(found["env.HOME"], "/usr/sbin");
    EXPECT_FALSE(found.contains("env.SHELL")) << "nologin is nobody's shell";
    EXPECT_EQ(found["reopens-stderr"], "yes");
}

TEST_F(RootContextTest, GroupsByNameAndNumber) {
    Fields found = found_with("user = 1\ngroup = \"games\"\n"
                              "supplementary-groups = [\"adm\", \"4711\"]\n");
    EXPECT_EQ(found["status.Uid"], "1\t1\t1\t1");
    EXPECT_EQ(found["status.Gid"], "60\t60\t60\t60");
    EXPECT_EQ(found["status.Groups"], "4 60 4711 ");
}

TEST_F(RootContextTest, NumberThatNobodyHasNeedsAGroup) {
    expect_refusal("user = 54321\n", "group must be set", 6);
    Fields found = found_with("user = 54321\ngroup = 54322\n");
    EXPECT_EQ(found["status.Uid"], "54321\t54321\t54321\t54321");
    EXPECT_EQ(found["status.Gid"], "54322\t54322\t54322\t54322");
    EXPECT_EQ(found["status.Groups"], " ");
    EXPECT_FALSE(found.contains("env.USER"));
}

// P31: also where the number stays the same.
TEST_F(RootContextTest, NamingRootDropsTheCallersGroups) {
    configure(service("notify", {"--record", path("record"), "--notify"}) + "user = \"root\"\n");
    const Outcome outcome = amphid({"start", config()}, {.command = {"setpriv", "--groups=4,44"}});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(record("record")["status.Groups"], " ");
    stopped();
}

TEST_F(RootContextTest, UnknownNamesAreRefused) {
    expect_refusal("user = \"no-such-user\"\n", "no-such-user: there is no such user", 6);
    expect_refusal("group = \"no-such-group\"\n", "no-such-group: there is no such group", 6);
}

TEST_F(RootContextTest, AmbientCapabilityOfAPlainUser) {
    Fields found =
        found_with("user = \"daemon\"\nambient-capabilities = \"CAP_NET_BIND_SERVICE\"\n");
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"})
        EXPECT_EQ(found[std::string("status.") + set], "0000000000000400") << set;
}

TEST_F(RootContextTest, BoundingSet) {
    Fields found = found_with("capability-bounding-set = [\"CAP_CHOWN\", \"CAP_KILL\"]\n");
    EXPECT_EQ(found["status.CapBnd"], "0000000000000021");
    EXPECT_EQ(found["status.CapEff"], "0000000000000021") << "root has what is left";
    found = found_with("user = \"daemon\"\ncapability-bounding-set = \"~CAP_CHOWN\"\n");
    EXPECT_TRUE(found["status.CapBnd"].ends_with("e")) << found["status.CapBnd"];
}

TEST_F(RootContextTest, SecureBitsAndNoNewPrivileges) {
    Fields found = found_with("user = \"daemon\"\nsecure-bits = [\"noroot\", \"noroot-locked\"]\n"
                              "no-new-privileges = true\n"
                              "ambient-capabilities = [\"CAP_CHOWN\"]\n");
    EXPECT_EQ(found["secure-bits"], "3");
    EXPECT_EQ(found["status.NoNewPrivs"], "1");
    EXPECT_EQ(found["status.CapEff"], "0000000000000001");
    EXPECT_EQ(found_with("")["status.NoNewPrivs"], "0");
}

// systemd.service(5): "+" has none of it, "!" keeps the user and has the rest.
TEST_F(RootContextTest, PrefixesOfTheCommand) {
    const std::string keys = "user = \"daemon\"\nno-new-privileges = true\nlimit-nofile = 99\n";
    const auto found_behind = [&](const std::string& prefix) {
        configure("[service]\ntype = \"notify\"\nexec-start = [" +
                  quoted(prefix + helper_binary()) + ", \"serve\", \"--record\", " +
                  quoted(path("record")) + ", \"--notify\"]\n" + keys);
        ::unlink(path("record").c_str());
        started();
        Fields found = record("record");
        stopped();
        return found;
    };
    Fields full = found_behind("+");
    EXPECT_EQ(full["uid"], "0");
    EXPECT_EQ(full["status.NoNewPrivs"], "0");
    EXPECT_NE(full["limit.nofile"], "99:99");
    Fields same_user = found_behind("!");
    EXPECT_EQ(same_user["uid"], "0");
    EXPECT_EQ(same_user["status.NoNewPrivs"], "1");
    EXPECT_EQ(same_user["limit.nofile"], "99:99");
    EXPECT_EQ(found_behind("!!")["uid"], "1");
}

// Hooks are processes of the service: the same holds for them.
TEST_F(RootContextTest, HooksRunAsTheUserToo) {
    configure(service("notify", {"--notify"}) + "user = \"daemon\"\nlimit-nofile = 99\n" +
              "exec-start-pre = [[" + quoted(helper_binary()) + ", \"serve\", \"--record\", " +
              quoted(path("pre")) + ", \"--exit\", \"0\"], [" + quoted("+" + helper_binary()) +
              ", \"serve\", \"--record\", " + quoted(path("full")) + ", \"--exit\", \"0\"]]\n");
    started();
    EXPECT_EQ(record("pre")["uid"], "1");
    EXPECT_EQ(record("pre")["limit.nofile"], "99:99");
    EXPECT_EQ(record("pre")["env.USER"], "daemon");
    EXPECT_EQ(record("full")["uid"], "0");
    EXPECT_NE(record("full")["limit.nofile"], "99:99");
    stopped();
}

// A set-user-ID program is of no use to a service that may gain nothing; without the key it is.
TEST_F(RootContextTest, WayBackToRootIsClosed) {
    Fields found = found_with("user = \"daemon\"\nno-new-privileges = true\n");
    EXPECT_EQ(found["status.Uid"], "1\t1\t1\t1") << "real, effective, saved and file system's";
    EXPECT_EQ(found["status.CapPrm"], "0000000000000000");
}

TEST_F(RootContextTest, RootDirectory) {
    const std::string program = read_file(helper_binary()).value_or("");
    if (program.find("/ld-linux") != std::string::npos)
        GTEST_SKIP() << "this build's helper is not static";
    ASSERT_EQ(::mkdir(path("root").c_str(), 0755), 0);
    ASSERT_EQ(::mkdir(path("root/bin").c_str(), 0755), 0);
    write("root/bin/helper", program, 0755);
    configure("[service]\ntype = \"notify\"\nworking-directory = \"/bin\"\nroot-directory = " +
              quoted(path("root")) +
              "\nexec-start = [\"/bin/helper\", \"serve\", \"--record\", \"/record\", "
              "\"--notify\"]\n");
    started(); // READY=1 arrives from in there
    EXPECT_TRUE(read_file("/proc/" + std::to_string(main_pid()) + "/root/record").has_value());
    EXPECT_NE(read("root/record").find("\nuid=0\n"), std::string::npos);
    stopped();
}

TEST_F(RootContextTest, NiceIsRaisedByRoot) {
    EXPECT_EQ(found_with("nice = -5\n")["nice"], "-5");
}

TEST_F(RootContextTest, RealTimeScheduling) {
    Fields found = found_with("cpu-scheduling-policy = \"rr\"\ncpu-scheduling-priority = 7\n"
                              "io-scheduling-class = \"realtime\"\n");
    EXPECT_EQ(found["sched"], "2:7");
    EXPECT_EQ(found["ioprio"], std::to_string(1 << 13 | 4));
}

// A limit that cannot be had is never a silent lower one. (Root without CAP_SYS_RESOURCE.)
// As systemd: the nearest that can be had, said once.
TEST_F(RootContextTest, LimitThatCannotBeHad) {
    const Launch launch{
        .command = {"setpriv", "--bounding-set=-sys_resource", "prlimit", "--nofile=1000:1000"}};
    configure("[service]\ntype = \"oneshot\"\nexec-start = [\"/bin/sh\", \"-c\", \"ulimit -n > " +
              path("out") + "\"]\nlimit-nofile = 2000\n");
    const Outcome outcome = amphid({"start", config()}, launch);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_words(
        outcome.err,
        "limit-nofile: 2000 is not available here (it needs CAP_SYS_RESOURCE); using 1000");
    EXPECT_EQ(lines("out"), Words{"1000"});
}

// A sandbox that systemd would apply is not dropped in silence.
TEST_F(ContextTest, WhatOnlySystemdApplies) {
    const std::string sentence =
        "not applied outside systemd: PrivateTmp=, SystemCallFilter=, TasksMax=";
    configure(service("exec", {}) + "[systemd.service]\nPrivateTmp = true\nProtectHome = false\n"
                                    "SystemCallFilter = \"@system-service\"\nTasksMax = 10\n");
    const Outcome outcome = amphid({"start", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_words(outcome.err, sentence);
    expect_words(status().out, "Warning: " + sentence);
    expect_words(amphid({"explain", config()}).err, sentence);
    EXPECT_EQ(state("concessions"), sentence);
    stopped();
    EXPECT_EQ(status().out.find(sentence), std::string::npos);
}

TEST_F(ContextTest, Limits) {
    Fields found = found_with("limit-nofile = \"100:200\"\nlimit-core = 0\nlimit-fsize = \"1G\"\n"
                              "limit-cpu = \"1min:2min\"\nlimit-memlock = \"64K\"\n"
                              "limit-rttime = \"5ms\"\nlimit-msgqueue = \"100K\"\n"
                              "limit-stack = \"4M:16M\"\nlimit-as = \"15E\"\nlimit-data = \"14E\"\n"
                              "limit-rss = \"1G\"\nlimit-nproc = 500\nlimit-locks = 10\n"
                              "limit-sigpending = 50\nlimit-rtprio = 0\n");
    EXPECT_EQ(found["limit.nofile"], "100:200");
    EXPECT_EQ(found["limit.core"], "0:0");
    EXPECT_EQ(found["limit.fsize"], "1073741824:1073741824");
    EXPECT_EQ(found["limit.cpu"], "60:120");
    EXPECT_EQ(found["limit.memlock"], "65536:65536");
    EXPECT_EQ(found["limit.rttime"], "5000:5000");
    EXPECT_EQ(found["limit.msgqueue"], "102400:102400");
    EXPECT_EQ(found["limit.stack"], "4194304:16777216");
    EXPECT_EQ(found["limit.as"], "17293822569102704640:17293822569102704640");
    EXPECT_EQ(found["limit.data"], "16140901064495857664:16140901064495857664");
    EXPECT_EQ(found["limit.rss"], "1073741824:1073741824");
    EXPECT_EQ(found["limit.nproc"], "500:500");
    EXPECT_EQ(found["limit.locks"], "10:10");
    EXPECT_EQ(found["limit.sigpending"], "50:50");
    EXPECT_EQ(found["limit.rtprio"], "0:0");
}

TEST_F(ContextTest, Scheduling) {
    // Nobody may be nicer, or on another processor, than the tests themselves are.
    const std::string cpu = std::to_string(first_cpu());
    Fields found = found_with("nice = 19\noom-score-adjust = 900\ncpu-affinity = \"" + cpu +
                              "\"\n"
                              "cpu-scheduling-policy = \"batch\"\n"
                              "cpu-scheduling-reset-on-fork = true\n"
                              "io-scheduling-class = \"best-effort\"\nio-scheduling-priority = 6\n"
                              "timer-slack-nsec = \"75us\"\n");
    EXPECT_EQ(found["nice"], "19");
    EXPECT_EQ(found["oom-score-adjust"], "900");
    EXPECT_EQ(found["status.Cpus_allowed_list"], cpu);
    EXPECT_EQ(found["sched"], std::to_string(3 | 0x40000000) + ":0");
    EXPECT_EQ(found["ioprio"], std::to_string(2 << 13 | 6));
    EXPECT_EQ(found["timer-slack"], "75000");
    EXPECT_EQ(found_with("io-scheduling-class = \"idle\"\n")["ioprio"],
              std::to_string(3 << 13 | 4));
}

// The launcher stays what it was: nothing of it is its service's.
TEST_F(ContextTest, LauncherIsNotChanged) {
    configure(service("notify", {"--notify"}) +
              "nice = 19\nlimit-nofile = 99\noom-score-adjust = 900\numask = \"0077\"\n");
    const pid_t pid = started();
    const std::string proc = "/proc/" + std::to_string(pid);
    EXPECT_EQ(read_file(proc + "/oom_score_adj"), read_file("/proc/self/oom_score_adj"));
    EXPECT_EQ(::getpriority(PRIO_PROCESS, static_cast<id_t>(pid)), ::getpriority(PRIO_PROCESS, 0));
    EXPECT_EQ(read_file(proc + "/limits").value_or("").find(" 99 "), std::string::npos);
    stopped();
}

// As a plain user, every key that needs root says so before anything starts.
TEST_F(RootContextTest, WhatAPlainUserMayNotHave) {
    ASSERT_EQ(::chown(path("xdg").c_str(), 65534, 65534), 0);
    const std::pair<const char*, const char*> keys[] = {
        {"user = \"daemon\"", "user needs root: CAP_SETUID"},
        {"group = \"daemon\"", "group needs root: CAP_SETGID"},
        {"supplementary-groups = \"adm\"", "supplementary-groups needs root: CAP_SETGID"},
        {"ambient-capabilities = \"CAP_NET_BIND_SERVICE\"",
         "ambient-capabilities needs root: CAP_NET_BIND_SERVICE"},
        {"capability-bounding-set = []", "capability-bounding-set needs root: CAP_SETPCAP"},
        {"secure-bits = \"noroot\"", "secure-bits needs root: CAP_SETPCAP"},
        {"root-directory = \"/\"", "root-directory needs root: CAP_SYS_CHROOT"},
        {"cpu-scheduling-policy = \"fifo\"", "fifo needs root: CAP_SYS_NICE"},
        {"io-scheduling-class = \"realtime\"", "realtime needs root: CAP_SYS_NICE"},
    };
    Launch launch = as_nobody();
    launch.environment = {{"XDG_RUNTIME_DIR", path("xdg")}, {"HOME", ""}};
    for (const auto& [key, words] : keys)
        expect_refusal(std::string(key) + "\n", words, 4, launch);
    expect_refusal("state-directory = \"x\"\n", "state-directory has no place", 4, launch);
}

// Nothing is asked for where a user names himself.
TEST_F(RootContextTest, PlainUserMayNameHimself) {
    ASSERT_EQ(::chown(path("xdg").c_str(), 65534, 65534), 0);
    configure(service("notify", {"--record", path("record"), "--exit-on", "TERM:0", "--notify"}) +
              "user = \"nobody\"\nno-new-privileges = true\n");
    Launch launch = as_nobody();
    launch.environment = {{"XDG_RUNTIME_DIR", path("xdg")}};
    const Outcome outcome = amphid({"start", config()}, launch);
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(record("record")["env.USER"], "nobody");
    EXPECT_EQ(record("record")["status.NoNewPrivs"], "1");
    EXPECT_EQ(amphid({"stop", config()}, launch).code, 0);
}

} // namespace amphid::test
