// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// A unit file as it is, drop-ins, instances, conditions, and what systemd takes.

#include "fixture.h"

#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class ImportTest : public ProcessTest {
protected:
    std::string unit() const { return path(name() + ".service"); }

    /// The helper's command line as ExecStart= takes it.
    static std::string exec(const Words& steps) {
        std::string out = "ExecStart=" + helper_binary() + " serve";
        for (const std::string& step : steps)
            out += " " + step;
        return out + "\n";
    }
};

TEST_F(ImportTest, AUnitFileIsRunAsItIs) {
    write(name() + ".service", "[Unit]\nDescription=A unit\n[Service]\nType=notify\n" +
                                   exec({"--append-text", path("began"), "%N", "--notify"}) +
                                   "PrivateTmp=yes\nOnFailure=x\n");
    const Outcome outcome = amphid({"start", unit()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_words(outcome.err, "OnFailure=x: ");
    expect_words(outcome.err, "not applied outside systemd: PrivateTmp=\n");
    EXPECT_EQ(amphid({"status", unit()}).code, 0);
    EXPECT_EQ(lines("began"), Words{name()});
    EXPECT_EQ(amphid({"stop", unit()}).code, 0);
    expect_nobody_left();
}

TEST_F(ImportTest, AUnitFileRunsInTheForegroundAndHasALog) {
    write(name() + ".service", "[Service]\nType=oneshot\nExecStart=/bin/echo %N is done\n");
    const Outcome shown = amphid({"run", unit()});
    EXPECT_EQ(shown.code, 0) << shown.err;
    EXPECT_EQ(shown.out, name() + " is done\n");
    EXPECT_EQ(amphid({"start", unit()}).code, 0);
    EXPECT_EQ(amphid({"logs", unit()}).out, name() + " is done\n");
}

TEST_F(ImportTest, AUnitsDropInsAndItsTemplate) {
    ASSERT_EQ(::mkdir(path("web@.service.d").c_str(), 0755), 0);
    write("web@.service", "[Service]\nType=oneshot\nExecStart=/bin/false\n");
    write("web@.service.d/10.conf",
          "[Service]\nExecStart=\nExecStart=/bin/sh -c 'echo %i > " + path("out") + "'\n");
    const Outcome outcome = amphid({"start", path("web@one.service")});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(lines("out"), Words{"one"});
}

TEST_F(ImportTest, CheckTellsWhatIsLost) {
    write("a.service", "[Service]\nExecStart=/bin/true\n");
    write("b.service", "[Service]\nExecStart=/bin/true\nPrivateTmp=yes\n");
    write("c.service", "[Service]\nExecStart=/bin/true\nStandardInput=socket\n");
    const Outcome nothing = amphid({"import", "--check", path("a.service")});
    EXPECT_EQ(nothing.code, 0);
    EXPECT_EQ(nothing.out, "a.service: nothing is lost\n");
    const Outcome sandbox = amphid({"import", "--check", path("b.service")});
    EXPECT_EQ(sandbox.code, 3);
    EXPECT_EQ(sandbox.out, "b.service: sandboxed only under systemd: PrivateTmp\n");
    write("d.service", "[Service]\nExecStart=/bin/true\nMemoryMax=1G\nTasksMax=10\n"
                       "CPUQuota=5%\nPrivateTmp=yes\n");
    const Outcome limits = amphid({"import", "--check", path("d.service")});
    expect_words(limits.out,
                 "d.service: sandboxed only under systemd: PrivateTmp\n"
                 "d.service: limited only under systemd: MemoryMax, TasksMax, CPUQuota\n");
    const Outcome something =
        amphid({"import", "--check", path("a.service"), path("c.service"), path("b.service")});
    EXPECT_EQ(something.code, 1);
    expect_words(something.out, "c.service: lost: StandardInput=socket: ");
    const Outcome json = amphid({"import", "--json", path("b.service")});
    expect_words(json.out, "{\"unit\": \"b.service\", \"loss\": \"sandbox\", \"notes\": "
                           "[{\"directive\": \"PrivateTmp\", \"value\": \"yes\"");
    EXPECT_EQ(amphid({"import", path("nowhere.service")}).code, 6);
}

// What only sockets that amphid passes could make work: said by import, and by a start as well.
TEST_F(ImportTest, AnInstanceForEachConnectionIsNoServiceHere) {
    write("echo.socket", "[Socket]\nListenStream=1234\nAccept=yes\n");
    write("echo@.service", "[Service]\nExecStart=/bin/cat\nStandardInput=socket\n");
    write("plain@.service", "[Service]\nExecStart=/bin/true\n");
    write("plain.socket", "[Socket]\nListenStream=1235\nAccept=no\n");
    const std::string input = "StandardInput=socket: amphid passes no socket: the service must "
                              "listen itself\n";
    const std::string each =
        "Sockets=echo.socket: Accept=yes: amphid starts no instance for each connection\n";
    const Outcome check = amphid({"import", "--check", path("echo@.service")});
    EXPECT_EQ(check.code, 1);
    EXPECT_EQ(check.out, "echo@.service: lost: " + input + "echo@.service: lost: " + each);
    EXPECT_EQ(amphid({"import", "--check", path("plain@.service")}).code, 0);
    const Outcome outcome = amphid({"start", path("echo@1.service")});
    expect_words(outcome.err, "amphid: echo@1: " + input);
    expect_words(outcome.err, "amphid: echo@1: " + each);
    EXPECT_EQ(amphid({"stop", path("echo@1.service")}).code, 0);
}

// Only the sockets that a service depends on: another may be there for another way to start it.
TEST_F(ImportTest, ASocketUnitIsImportedWithItsService) {
    write("web.service",
          "[Unit]\nRequires=web.socket\n[Service]\n" + exec({}) + "Sockets=extra.socket\n");
    write("web.socket", "[Socket]\nListenStream=/run/web.sock\nListenStream=80\nSocketMode=0660\n"
                        "Accept=no\n[Install]\nWantedBy=sockets.target\n");
    write("extra.socket", "[Socket]\nListenFIFO=/run/%N.fifo\nListenNetlink=route 1\nMark=5\n");
    const Outcome outcome = amphid({"import", path("web.service")});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_words(
        outcome.out,
        "\n[[socket]]\nlisten-stream = [\"/run/web.sock\", \"80\"]\nsocket-mode = \"0660\"\n"
        "\n[[socket]]\nlisten-fifo = \"/run/web.fifo\"\n"
        "file-descriptor-name = \"extra.socket\"\n");
    EXPECT_EQ(outcome.out.find("WantedBy"), std::string::npos) << outcome.out;
    const Outcome check = amphid({"import", "--check", path("web.service")});
    EXPECT_EQ(
        check.out,
        "web.service: lost: ListenNetlink=route 1: amphid does not listen on such an address\n"
        "web.service: lost: Mark=5: [[socket]] has no such key\n");
    write("web.service", "[Unit]\nAfter=web.socket\n[Service]\n" + exec({}));
    EXPECT_EQ(amphid({"import", path("web.service")}).out.find("[[socket]]"), std::string::npos);
    write("web.service",
          "[Unit]\nRequires=web.socket\n[Service]\nStandardInput=socket\n" + exec({}));
    EXPECT_EQ(amphid({"import", path("web.service")}).out.find("[[socket]]"), std::string::npos);
}

// Without systemd nobody makes up the user: such a service is refused, not run as root.
TEST_F(ImportTest, ADynamicUserIsRefusedUntilThereIsOne) {
    write("dyn.service", "[Service]\nDynamicUser=yes\nStateDirectory=dyn\n" + exec({}));
    const Outcome outcome = amphid({"start", path("dyn.service")});
    EXPECT_EQ(outcome.code, 6);
    expect_words(outcome.err, "dyn: DynamicUser=yes: amphid allocates no dynamic user: create one "
                              "and set user\n");
    expect_words(outcome.err, "dyn: cannot use the user dyn: there is no such user\n");
    expect_nobody_left();
}

// systemd-escape(1): "a/b-c" as an instance.
TEST_F(ImportTest, AnInstanceWithEscapes) {
    const std::string instance = "one@a-b\\x2dc";
    write("one@.service", "[Service]\nType=notify\n" +
                              exec({"--append-text", path("unit"), "%i|%I|%j|%n|%f", "--notify"}));
    write("two@a-b\\x2dc.toml", "[service]\ntype = \"oneshot\"\nexec-start = [\"/bin/sh\", \"-c\", "
                                "\"echo '%i|%I|'$$AMPHID_INSTANCE > " +
                                    path("toml") + "\"]\n");
    const std::string unit = path(instance + ".service");
    const Outcome outcome = amphid({"start", unit});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(lines("unit"), Words{"a-b\\x2dc|a/b-c|one|" + instance + ".service|/a/b-c"});
    EXPECT_EQ(amphid({"status", unit}).code, 0);
    EXPECT_EQ(amphid({"restart", unit}).code, 0);
    expect_words(amphid({"status"}).out, instance);
    EXPECT_EQ(amphid({"stop", unit}).code, 0);
    EXPECT_EQ(amphid({"start", path("two@a-b\\x2dc.toml")}).code, 0);
    EXPECT_EQ(lines("toml"), Words{"a-b\\x2dc|a/b-c|a-b\\x2dc"});
    expect_words(amphid({"unit", path("two@a-b\\x2dc.toml")}).out,
                 "\nRuntimeDirectory=\"amphid/two@a-b\\\\x2dc\"\n");
    EXPECT_EQ(amphid({"start", path("two@a\\b.toml")}).code, 2);
    expect_nobody_left();
}

TEST_F(ImportTest, TheFileThatIsWrittenIsAConfiguration) {
    write("a.service", "[Service]\nType=oneshot\nExecStart=/bin/true\nProtectSystem=full\n");
    EXPECT_EQ(amphid({"import", path("a.service"), "-o", path("a.toml")}).code, 0);
    EXPECT_EQ(amphid({"check", path("a.toml")}).code, 0);
    const Outcome unit = amphid({"unit", path("a.toml")});
    expect_words(unit.out, "\nProtectSystem=full\n");
    EXPECT_EQ(amphid({"start", path("a.toml")}).code, 0);
}

TEST_F(ImportTest, DropInsCountAndAreShown) {
    configure(service("notify", {"--notify"}) + "restart = \"no\"\n");
    ASSERT_EQ(::mkdir((config() + ".d").c_str(), 0755), 0);
    write(name() + ".toml.d/20.toml", "service.restart = \"always\"\n");
    write(name() + ".toml.d/10.toml", "service.restart = \"on-failure\"\nservice.nice = 3\n");
    const Outcome explained = amphid({"explain", config()});
    expect_words(explained.out, "restart = \"always\"");
    expect_words(explained.out, "line 1 of " + config() + ".d/20.toml");
    const Outcome cat = amphid({"cat", config()});
    EXPECT_LT(cat.out.find("# " + config() + "\n"), cat.out.find("# " + config() + ".d/10.toml\n"));
    EXPECT_LT(cat.out.find("10.toml"), cat.out.find("# " + config() + ".d/20.toml\n"));
    write(name() + ".toml.d/30.toml", "service.restrat = 1\n");
    const Outcome wrong = amphid({"check", config()});
    EXPECT_EQ(wrong.code, 6);
    expect_words(wrong.err, config() + ".d/30.toml:1:9: error: ");
    ::unlink(path(name() + ".toml.d/30.toml").c_str());
    ASSERT_EQ(::symlink("/dev/null", path(name() + ".toml.d/30.toml").c_str()), 0);
    EXPECT_EQ(amphid({"check", config()}).code, 0) << "a mask";
}

TEST_F(ImportTest, EditWritesADropInThatIsChecked) {
    configure(service("notify", {"--notify"}));
    const std::string editor = write("editor", "#!/bin/sh\ncp " + path("new") + " \"$1\"\n", 0755);
    const Launch launch{.environment = {{"EDITOR", editor}}};
    write("new", "service.restrat = 1\n");
    const Outcome wrong = amphid({"edit", config()}, launch);
    EXPECT_EQ(wrong.code, 6) << wrong.out;
    expect_words(wrong.err, "unknown key 'restrat'");
    EXPECT_NE(::access((config() + ".d/override.toml").c_str(), F_OK), 0);
    write("new", "service.restart = \"always\"\n");
    EXPECT_EQ(amphid({"edit", config()}, launch).code, 0);
    EXPECT_EQ(read(name() + ".toml.d/override.toml"), "service.restart = \"always\"\n");
    expect_words(amphid({"explain", config()}).out, "restart = \"always\"");
    write("new", "service.exec-start = \"/bin/true\"\n");
    EXPECT_EQ(amphid({"edit", "--full", config()}, launch).code, 0);
    EXPECT_EQ(read(name() + ".toml"), "service.exec-start = \"/bin/true\"\n");
    const Launch failing{.environment = {{"EDITOR", "/bin/false"}}};
    EXPECT_EQ(amphid({"edit", config()}, failing).code, 1);
}

TEST_F(ImportTest, AMaskIsNoConfiguration) {
    ASSERT_EQ(::symlink("/dev/null", path("masked.toml").c_str()), 0);
    const Outcome outcome = amphid({"start", path("masked.toml")});
    EXPECT_EQ(outcome.code, 6);
    expect_words(outcome.err, "masked is masked: ");
}

TEST_F(ImportTest, AnInstanceFindsItsTemplateByName) {
    ASSERT_EQ(::mkdir(path("home").c_str(), 0755), 0);
    ASSERT_EQ(::mkdir(path("home/amphid").c_str(), 0755), 0);
    write("home/amphid/t@.toml",
          "[service]\ntype = \"oneshot\"\nexec-start = [\"/bin/sh\", \"-c\", \"echo %i "
          "$$AMPHID_INSTANCE > " +
              path("out") + "\"]\n");
    if (::geteuid() == 0)
        GTEST_SKIP() << "root's names are in /etc/amphid";
    const Launch launch{.environment = {{"XDG_CONFIG_HOME", path("home")}}};
    const Outcome outcome = amphid({"start", "t@one"}, launch);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(lines("out"), Words{"one one"});
}

TEST_F(ImportTest, AConditionSkipsAndAnAssertionFails) {
    configure("unit.condition-path-exists = \"/nowhere\"\n" +
              service("notify", {"--append-text", path("began"), "x", "--notify"}));
    const Outcome skipped = start();
    EXPECT_EQ(skipped.code, 0);
    expect_words(skipped.err, "start skipped: condition-path-exists = \"/nowhere\" was not met");
    configure("unit.assert-path-is-directory = \"/nowhere\"\n" +
              service("notify", {"--append-text", path("began"), "x", "--notify"}));
    const Outcome failed = start();
    EXPECT_EQ(failed.code, 1);
    expect_words(failed.err, "not started: assert-path-is-directory = \"/nowhere\" was not met");
    EXPECT_EQ(read("began"), "");
    configure("unit.condition-path-exists = [\"|/nowhere\", \"|/proc/self\"]\n"
              "unit.condition-path-is-mount-point = \"/proc\"\nunit.condition-cpus = 1\n"
              "unit.condition-kernel-version = \">=5.10\"\n" +
              service("notify", {"--notify"}));
    started();
    write("x", "");
    configure("unit.condition-path-exists = \"/nowhere\"\n" + service("notify", {"--notify"}));
    EXPECT_EQ(start().code, 0) << "what runs is not asked";
    stopped();
}

TEST_F(ImportTest, SigpipeIsIgnoredUnlessTheServiceWantsIt) {
    for (const bool ignored : {true, false}) {
        configure("[service]\ntype = \"oneshot\"\nexec-start = [\"/bin/sh\", \"-c\", \"grep SigIgn "
                  "/proc/self/status > " +
                  path("out") + "\"]\n" + (ignored ? "" : "ignore-sigpipe = false\n"));
        ASSERT_EQ(start().code, 0);
        const std::string line = lines("out").at(0);
        EXPECT_EQ(line.substr(line.size() - 4), ignored ? "1000" : "0000");
    }
}

TEST_F(ImportTest, EnvironmentFilesByPatternAndWithWarnings) {
    write("a.env", "# caf\xe9\nA=1\nno assignment\n");
    write("b.env", "A=2\nB=\x01\n");
    configure("[service]\ntype = \"oneshot\"\nexec-start = [\"/bin/sh\", \"-c\", \"echo $$A > " +
              path("out") + "\"]\nenvironment-file = [\"" + path("*.env") + "\", \"-" +
              path("none*") + "\"]\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(lines("out"), Words{"2"});
    expect_words(outcome.err, path("a.env") + ":3: ignored: not an assignment");
    write("b.env", "A=2\nB=\xff\n");
    const Outcome wrong = start();
    EXPECT_NE(wrong.code, 0);
    expect_words(wrong.err, path("b.env") + ":2: the assignment is not UTF-8");
}

TEST_F(ImportTest, AWorkingDirectoryMayBeMissing) {
    const auto directory_with = [&](const std::string& key) {
        configure("[service]\ntype = \"oneshot\"\nexec-start = [\"/bin/sh\", \"-c\", \"pwd > " +
                  path("out") + "\"]\nworking-directory = \"" + key + "\"\n");
        return start().code == 0 ? lines("out").at(0) : std::string("failed");
    };
    EXPECT_EQ(directory_with("-/nowhere"), "/");
    EXPECT_EQ(directory_with("/nowhere"), "failed");
    EXPECT_EQ(directory_with("/usr/"), "/usr");
    if (::geteuid() == 0) {
        EXPECT_EQ(directory_with("~"), "/root");
    }
}

TEST_F(ImportTest, AReloadThatNothingDoesIsRefused) {
    configure(service("notify", {"--notify"}));
    started();
    const Outcome outcome = amphid({"reload", config()});
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "it has neither exec-reload nor reload-signal");
    EXPECT_EQ(status().code, 0) << "it lives";
    stopped();
}

TEST_F(ImportTest, ALimitThatCannotBeHadIsLowered) {
    if (::geteuid() == 0)
        GTEST_SKIP() << "root has it";
    configure("[service]\ntype = \"oneshot\"\nexec-start = \"/bin/true\"\n"
              "limit-nofile = 99999999\noom-score-adjust = -900\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_words(outcome.err, "limit-nofile: 99999999 is not available here");
    expect_words(outcome.err, "oom-score-adjust: -900 is not available here");
}

TEST_F(ImportTest, ATemplateNeedsAnInstance) {
    write("web@.toml", service("exec", {}));
    const Outcome outcome = amphid({"start", path("web@.toml")});
    EXPECT_EQ(outcome.code, 2);
    expect_words(outcome.err, "web@ is a template: name an instance, as in web@main");
}

} // namespace amphid::test
