// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// What confines a service outside systemd: forbidden acts, each with a control that does them.

#include "fixture.h"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class SandboxTest : public ProcessTest {
protected:
    void SetUp() override {
        ProcessTest::SetUp();
        ASSERT_EQ(::chmod(path("").c_str(), 01777), 0);
    }

    static std::string toml_of(const Words& command) {
        std::string out;
        for (const std::string& word : command)
            out += (out.empty() ? "[" : ", ") + quoted(word);
        return out + "]";
    }

    Words acts(const std::string& file, const Words& names) const {
        Words out{helper_binary(), "acts", path(file)};
        out.insert(out.end(), names.begin(), names.end());
        return out;
    }

    /// Runs a service that tries these acts, and returns what became of each.
    Fields tried(const std::string& keys, const Words& names, const Launch& launch = {}) {
        configure("[service]\ntype = \"oneshot\"\nworking-directory = " + quoted(path("")) +
                  "\nexec-start = " + toml_of(acts("acts", names)) + "\n" + keys);
        ::unlink(path("acts").c_str());
        const Outcome outcome = amphid({"run", config()}, launch);
        EXPECT_EQ(outcome.code, 0) << keys << outcome.err;
        return record("acts");
    }

    static Launch as_nobody() {
        return ::geteuid() != 0 ? Launch{}
                                : Launch{.command = {"setpriv", "--reuid=65534", "--regid=65534",
                                                     "--clear-groups"}};
    }
};

namespace {

/// A key, and the acts with what it makes of them.
struct Case {
    std::string keys;
    Fields becomes;
    Words stays{}; // acts that it does not change
};

Words names_in(const Case& one) {
    Words out = one.stays;
    for (const auto& [name, outcome] : one.becomes)
        out.push_back(name);
    return out;
}

const std::vector<Case>& cases() {
    static const std::vector<Case> all{
        {"restrict-address-families = \"AF_UNIX\"\n",
         {{"socket-inet", "EAFNOSUPPORT"}, {"socket-netlink", "EAFNOSUPPORT"}},
         {"socket-unix"}},
        {"restrict-address-families = \"~AF_UNIX AF_NETLINK\"\n",
         {{"socket-unix", "EAFNOSUPPORT"},
          {"socket-upper", "EAFNOSUPPORT"},
          {"socket-netlink", "EAFNOSUPPORT"}},
         {"socket-inet"}},
        {"restrict-address-families = \"none\"\n", {{"socket-unix", "EAFNOSUPPORT"}}},
        {"restrict-namespaces = true\n",
         {{"unshare-uts", "EPERM"},
          {"unshare-net", "EPERM"},
          {"setns", "EPERM"},
          {"clone3", "ENOSYS"}}},
        {"restrict-namespaces = \"uts\"\n",
         {{"unshare-net", "EPERM"}, {"setns", "EPERM"}, {"setns-upper", "EPERM"}},
         {"unshare-uts"}},
        {"lock-personality = true\n", {{"personality", "EPERM"}}},
        {"memory-deny-write-execute = true\n",
         {{"mmap-wx", "EPERM"}, {"mprotect-x", "EPERM"}, {"shmat-x", "EPERM"}}},
        {"restrict-realtime = true\n", {{"realtime", "EPERM"}}, {"batch"}},
        {"restrict-suid-sgid = true\n",
         {{"create-suid", "EPERM"},
          {"unnamed-suid", "EPERM"},
          {"chmod-sgid", "EPERM"},
          {"chmod2-suid", "EPERM"},
          {"mkdir-sgid", "EPERM"},
          {"mknod-suid", "EPERM"},
          {"openat2", "ENOSYS"}},
         {"create-plain"}},
        {"protect-kernel-modules = true\n", {{"load-module", "EPERM"}}},
        {"protect-kernel-logs = true\n", {{"kernel-log", "EPERM"}}},
        {"protect-clock = true\n", {{"read-clock", "EPERM"}}},
        {"protect-hostname = true\n", {{"host-name", "EPERM"}}},
        {"system-call-filter = \"~sync getitimer:EUCLEAN\"\n",
         {{"sync", "killed 31"}, {"getitimer", "EUCLEAN"}},
         {"clone3"}},
        {"system-call-filter = \"~@sync\"\nsystem-call-error-number = \"EACCES\"\n",
         {{"sync", "EACCES"}},
         {"getitimer"}},
        {"system-call-filter = [\"@system-service\", \"~sync:EPERM\", \"~personality\"]\n"
         "system-call-error-number = \"EXDEV\"\n",
         {{"sync", "EPERM"}, {"personality", "EXDEV"}},
         {"getitimer"}},
    };
    return all;
}

} // namespace

TEST_F(SandboxTest, EachKeyForbidsWhatItSays) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "several acts need root even without a sandbox";
    Words every;
    for (const Case& one : cases()) {
        const Words names = names_in(one);
        every.insert(every.end(), names.begin(), names.end());
    }
    Fields without = tried("", every);
    for (const Case& one : cases()) {
        Fields with = tried(one.keys, names_in(one));
        for (const auto& [name, outcome] : one.becomes) {
            EXPECT_EQ(with[name], outcome) << one.keys;
            EXPECT_NE(without[name], outcome) << "the control of " << name << " moves nothing";
        }
        for (const std::string& name : one.stays)
            EXPECT_EQ(with[name], without[name]) << one.keys << name;
    }
}

#if defined(__x86_64__)
TEST_F(SandboxTest, OtherArchitecturesAreKilled) {
    Fields without = tried("", {"other-architecture", "sync"});
    Fields with =
        tried("system-call-architectures = \"native\"\n", {"other-architecture", "x32", "sync"});
    EXPECT_EQ(with["other-architecture"], "killed 31");
    EXPECT_EQ(with["x32"], "killed 31");
    EXPECT_EQ(with["sync"], "done");
    EXPECT_NE(without["other-architecture"], "killed 31");
    if (without["other-architecture"] == "done") {
        with = tried("system-call-architectures = \"x86\"\n", {"other-architecture", "x32"});
        EXPECT_EQ(with["other-architecture"], "done");
        EXPECT_EQ(with["x32"], "killed 31");
    }
}

// What is denied to native programs is denied to those of the other architectures, too.
TEST_F(SandboxTest, OtherArchitecturesAreConfinedLikewise) {
    if (tried("", {"personality-32"})["personality-32"] != "done")
        GTEST_SKIP() << "this kernel executes no 32-bit programs";
    EXPECT_EQ(tried("lock-personality = true\n", {"personality-32"})["personality-32"], "EPERM");
    EXPECT_EQ(tried("system-call-filter = \"~personality:EACCES\"\n",
                    {"personality-32"})["personality-32"],
              "EACCES");
}
#endif

constexpr const char* some_keys = "system-call-filter = \"~sync:EPERM\"\nlock-personality = true\n"
                                  "protect-clock = true\nkeyring-mode = \"shared\"\n";

// systemd.exec(5): filters need no_new_privs where there is no CAP_SYS_ADMIN.
TEST_F(SandboxTest, PlainUsersGetTheFilters) {
    Fields found = tried(some_keys, {"NoNewPrivs", "Seccomp", "sync", "personality"}, as_nobody());
    EXPECT_EQ(found["NoNewPrivs"], "1");
    EXPECT_EQ(found["Seccomp"], "2");
    EXPECT_EQ(found["sync"], "EPERM");
    EXPECT_EQ(found["personality"], "EPERM");
}

TEST_F(SandboxTest, AnotherUserGetsThemWithoutACapability) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "only root can become another user";
    const Words names{"NoNewPrivs", "CapPrm", "CapEff", "CapInh", "CapAmb", "Uid", "sync"};
    for (const std::string more : {"", "ambient-capabilities = [\"CAP_NET_RAW\"]\n"}) {
        Fields found = tried(std::string(some_keys) + "user = 65534\n" + more, names);
        const std::string kept = more.empty() ? "0000000000000000" : "0000000000002000";
        EXPECT_EQ(found["sync"], "EPERM");
        EXPECT_EQ(found["NoNewPrivs"], "0"); // as systemd 257 has it
        EXPECT_EQ(found["CapPrm"], kept);
        EXPECT_EQ(found["CapEff"], kept);
        EXPECT_EQ(found["CapAmb"], kept);
        EXPECT_EQ(found["Uid"], "65534\t65534\t65534\t65534");
    }
}

TEST_F(SandboxTest, CapabilitiesAreTaken) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "only root has them";
    const auto bounding = [&](const std::string& keys) {
        return std::stoull(tried(keys, {"CapBnd"})["CapBnd"], nullptr, 16);
    };
    const auto all = bounding("");
    const auto left = bounding("protect-clock = true\nprotect-kernel-modules = true\n"
                               "protect-kernel-logs = true\n");
    const auto bit = [](unsigned number) { return 1ULL << number; };
    EXPECT_EQ(all & ~left, all & (bit(16) | bit(25) | bit(34) | bit(35)));
}

TEST_F(SandboxTest, HooksAreConfinedAndPlusIsNot) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "as a user, nothing is privileged";
    const std::string pre = toml_of(acts("pre", {"sync"}));
    std::string post = toml_of(acts("post", {"sync", "Seccomp_filters"}));
    post.insert(2, "+");
    Fields without = tried("", {"Seccomp_filters"});
    Fields main = tried(std::string(some_keys) + "exec-start-pre = [" + pre +
                            "]\nexec-stop-post = [" + post + "]\n",
                        {"sync"});
    Fields before = record("pre");
    Fields after = record("post");
    EXPECT_EQ(before["sync"], "EPERM");
    EXPECT_EQ(main["sync"], "EPERM");
    EXPECT_EQ(after["sync"], "done");
    EXPECT_EQ(after["Seccomp_filters"], without["Seccomp_filters"]);
}

TEST_F(SandboxTest, OwnHostName) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "a namespace needs root";
    const auto namespace_with = [&](const std::string& keys) {
        configure("[service]\ntype = \"oneshot\"\nexec-start = " +
                  shell("readlink /proc/self/ns/uts") + "\n" + keys);
        const Outcome outcome = amphid({"run", config()});
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        return outcome.out;
    };
    EXPECT_NE(namespace_with("protect-hostname = true\n"), namespace_with(""));
}

// keyrings(7): every service has the caller's, unless it is to have one of its own.
TEST_F(SandboxTest, SessionKeyring) {
    const auto found_with = [&](const std::string& keys) {
        return tried(keys, {"keyring"})["keyring"];
    };
    const auto id = [](const std::string& text) { return text.substr(0, text.find(' ')); };
    const std::string ours = found_with("");
    if (ours.starts_with('-'))
        GTEST_SKIP() << "no keyrings here";
    EXPECT_EQ(id(found_with("keyring-mode = \"inherit\"\n")), id(ours));
    const std::string own = found_with("keyring-mode = \"private\"\n");
    EXPECT_NE(id(own), id(ours));
    EXPECT_EQ(own.find("linked"), std::string::npos);
    const std::string shared = found_with("keyring-mode = \"shared\"\n");
    EXPECT_NE(id(shared), id(ours));
    EXPECT_NE(shared.find("linked"), std::string::npos) << shared;
}

// The first library of that name that is found is no library.
TEST_F(SandboxTest, WithoutLibseccompItIsRefusedOrSaid) {
    ASSERT_EQ(::mkdir(path("lib").c_str(), 0755), 0);
    write("lib/libseccomp.so.2", "");
    const Launch without{.environment = {{"LD_LIBRARY_PATH", path("lib")}}};
    const std::string plain = service("notify", {"--notify"}) + "lock-personality = true\n";
    configure(plain);
    const Outcome refused = amphid({"start", config()}, without);
    EXPECT_EQ(refused.code, 1);
    expect_words(refused.err, "cannot apply lock-personality: SECCOMP: cannot load "
                              "libseccomp.so.2");
    configure(plain + "[launcher]\nsandbox = \"warn\"\n");
    const Outcome warned = amphid({"start", config()}, without);
    EXPECT_EQ(warned.code, 0) << warned.err;
    expect_words(warned.err, "not confined: cannot apply lock-personality");
    expect_words(status().out, "Warning: not confined: cannot apply lock-personality");
    stopped();
}

TEST_F(SandboxTest, WhereSeccompIsDeniedItIsRefusedOrSaid) {
    const Launch denied{.command = {helper_binary(), "denying", "seccomp", std::to_string(EPERM)}};
    const std::string plain = service("notify", {"--notify"}) + "lock-personality = true\n";
    configure(plain);
    const Outcome refused = amphid({"start", config()}, denied);
    EXPECT_EQ(refused.code, 1);
    expect_words(refused.err, "cannot apply lock-personality: SECCOMP: Operation not permitted");
    configure(plain + "[launcher]\nsandbox = \"warn\"\n");
    const Outcome warned = amphid({"start", config()}, denied);
    EXPECT_EQ(warned.code, 0) << warned.err;
    expect_words(warned.err, "not confined: cannot apply lock-personality");
    stopped();
}

TEST_F(SandboxTest, StatusAndExplainSayHowItIsConfined) {
    configure(service("notify", {"--notify"}) + some_keys);
    started();
    expect_words(status().out, "Sandbox: 4 keys, ");
    stopped();
    const std::string rules = amphid({"explain", config()}).out;
    expect_words(rules, "sandbox: protect-clock, lock-personality, system-call-filter\n");
    expect_words(rules, "personality: EPERM if argument 0 != 0\n");
    expect_words(rules, "sync: EPERM\n");
}

} // namespace amphid::test
