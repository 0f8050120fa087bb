// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The generator of a user's manager, called as systemd calls it, and the commands about units.

#include "fixture.h"
#include "helper/file.h"

#include <filesystem>
#include <unistd.h>

namespace amphid::test {

class GeneratorTest : public ProcessTest {
protected:
    void SetUp() override {
        ProcessTest::SetUp();
        std::filesystem::create_directories(path("home/amphid"));
        std::filesystem::create_directory(path("units"));
        std::filesystem::create_symlink(amphid_binary(), generator());
    }

    std::string generator() const { return path("amphid-user-generator"); }

    Outcome generate() {
        return run({.command = {generator(), path("units"), path("units"), path("units")},
                    .environment = {{"XDG_CONFIG_HOME", path("home")}}});
    }

    void place(const std::string& name, std::string_view text, mode_t mode = 0644) const {
        write("home/amphid/" + name + ".toml", text, mode);
    }

    std::string unit(const std::string& name) const { return read("units/" + name); }

    bool is_there(const std::string& name) const {
        return std::filesystem::is_symlink(path("units/" + name)) ||
               std::filesystem::exists(path("units/" + name));
    }

    std::string link(const std::string& name) const {
        return std::filesystem::read_symlink(path("units/" + name));
    }

    const std::string plain = "[service]\nexec-start = \"/bin/true\"\n";
};

TEST_F(GeneratorTest, EachFileIsAUnit) {
    place("web", plain +
                     "restart = \"always\"\n[install]\nwanted-by = \"default.target\"\n"
                     "required-by = [\"a.target\"]\nalias = [\"www.service\", \"db.service\"]\n");
    place("db", plain);
    place(".hidden", plain);
    place("bad name", plain);
    place("template@", plain);
    const Outcome outcome = generate();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(unit("web.service").find("\nRestart=always\n"), std::string::npos);
    EXPECT_NE(unit("web.service").find("start " + path("home/amphid/web.toml")), std::string::npos);
    EXPECT_EQ(link("default.target.wants/web.service"), "../web.service");
    EXPECT_EQ(link("a.target.requires/web.service"), "../web.service");
    EXPECT_EQ(link("www.service"), "web.service");
    EXPECT_FALSE(std::filesystem::is_symlink(path("units/db.service"))) << "a name beats an alias";
    for (const char* name : {".hidden.service", "bad name.service"})
        EXPECT_FALSE(is_there(name)) << name;
}

TEST_F(GeneratorTest, EachSocketIsAUnit) {
    place("web", plain + "[[socket]]\nlisten-stream = 80\n[[socket]]\nlisten-fifo = \"/run/x\"\n");
    place("db", plain + "[[socket]]\nbacklog = 5\n"); // which is a mistake
    EXPECT_EQ(generate().code, 0);
    EXPECT_NE(unit("web.service").find("\nSockets=web.socket web-2.socket\n"), std::string::npos);
    EXPECT_NE(unit("web.socket").find("\nListenStream=80\n"), std::string::npos);
    EXPECT_NE(unit("web-2.socket").find("\nListenFIFO=/run/x\n"), std::string::npos);
    EXPECT_FALSE(is_there("db.socket"));
    const std::string file = path("home/amphid/web.toml");
    const std::string text = amphid({"unit", "--format=socket", file}).out;
    EXPECT_EQ(text.substr(0, text.find('\n')), "# web.socket");
    EXPECT_NE(text.find("\n# web-2.socket\n"), std::string::npos);
    place("plain", plain);
    const Outcome none = amphid({"unit", "--format=socket", path("home/amphid/plain.toml")});
    EXPECT_EQ(none.code, 1);
    expect_words(none.err, "has no [[socket]]");
}

TEST_F(GeneratorTest, ATemplateIsATemplate) {
    place("web@", plain + "[unit]\ndescription = \"Web %i\"\n[install]\n"
                          "wanted-by = \"default.target\"\n");
    EXPECT_EQ(generate().code, 0);
    const std::string text = unit("web@.service");
    EXPECT_NE(text.find("\nDescription=Web %i\n"), std::string::npos) << text;
    EXPECT_NE(text.find(" start web@%i\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\nRuntimeDirectory=amphid/web@%i\n"), std::string::npos) << text;
    EXPECT_FALSE(is_there("default.target.wants/web@.service")) << "an instance is wanted";
}

TEST_F(GeneratorTest, DropInsCountAndAMaskMakesNoUnit) {
    place("web", plain);
    std::filesystem::create_directories(path("home/amphid/web.toml.d"));
    write("home/amphid/web.toml.d/10.toml", "service.restart = \"always\"\n");
    std::filesystem::create_symlink("/dev/null", path("home/amphid/off.toml"));
    EXPECT_EQ(generate().code, 0);
    EXPECT_NE(unit("web.service").find("\nRestart=always\n"), std::string::npos);
    EXPECT_FALSE(is_there("off.service"));
}

TEST_F(GeneratorTest, ABrokenFileIsAUnitThatFails) {
    place("typo", plain + "restrat = \"no\"\n[install]\nrequired-by = \"a.target\"\n"
                          "wanted-by = \"b.target\"\n");
    place("syntax", "[service");
    const Outcome outcome = generate();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(link("b.target.wants/typo.service"), "../typo.service");
    EXPECT_FALSE(is_there("a.target.requires/typo.service")) << "nothing is to require it";
    EXPECT_EQ(link("default.target.wants/syntax.service"), "../syntax.service");
    EXPECT_NE(unit("syntax.service").find("Description=syntax (its configuration has mistakes)"),
              std::string::npos);
}

TEST_F(GeneratorTest, TwoFilesOfOneNameAreOneUnit) {
    place("a", plain + "[launcher]\nname = \"web\"\n");
    place("web", plain);
    EXPECT_EQ(generate().code, 0);
    EXPECT_NE(unit("web.service").find("/a.toml"), std::string::npos);
    EXPECT_FALSE(is_there("a.service"));
}

TEST_F(GeneratorTest, ANameThatIsTakenIsLeftAlone) {
    std::filesystem::create_directories(path("home/systemd/user"));
    write("home/systemd/user/taken.service", "[Service]\nExecStart=/bin/true\n");
    place("taken", plain);
    EXPECT_EQ(generate().code, 0);
    EXPECT_FALSE(is_there("taken.service"));
}

TEST_F(GeneratorTest, WithoutAPlaceItFails) {
    std::filesystem::remove(path("units"));
    EXPECT_EQ(generate().code, 1);
    EXPECT_EQ(run({.command = {generator()}}).code, 1);
}

TEST_F(GeneratorTest, UnitIsPrintedInEveryForm) {
    configure(plain);
    for (const auto& [format, first] :
         std::vector<std::pair<std::string, std::string>>{{"systemd", "# Generated by amphid"},
                                                          {"openrc", "#!/sbin/openrc-run"},
                                                          {"sysv", "#!/bin/sh"}}) {
        const Outcome outcome = amphid({"unit", "--format=" + format, config()});
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_TRUE(outcome.out.starts_with(first)) << outcome.out;
    }
    EXPECT_EQ(amphid({"unit", "--format=upstart", config()}).code, 2);
    configure("[service]\n");
    EXPECT_EQ(amphid({"unit", config()}).code, 6);
}

TEST_F(GeneratorTest, CheckHoldsAUnitAgainstTheConfiguration) {
    configure(plain);
    const std::string good = write("good.service", amphid({"unit", config()}).out);
    EXPECT_EQ(amphid({"check", "--unit", good, config()}).code, 0);
    const std::string bad =
        write("bad.service", "[Service]\nType=forking\nExecStart=amphid start " + config() + "\n");
    const Outcome outcome = amphid({"check", "--unit", bad, config()});
    EXPECT_EQ(outcome.code, 6);
    EXPECT_NE(outcome.err.find("bad.service:2:1: error: Type=forking"), std::string::npos)
        << outcome.err;
    EXPECT_EQ(amphid({"check", "--unit", path("none.service"), config()}).code, 6);
    EXPECT_EQ(amphid({"check", "--unit", good, config(), config()}).code, 2);
}

} // namespace amphid::test
