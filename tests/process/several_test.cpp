// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Commands about several services at once.

#include "fixture.h"

#include <unistd.h>
#include <utility>

namespace amphid::test {

class SeveralTest : public ProcessTest {
protected:
    void SetUp() override {
        ProcessTest::SetUp();
        for (const char* stem : {"-a", "-b"})
            write(name() + stem + ".toml", service("notify", {"--notify"}) + "restart = \"no\"\n");
        write(name() + "-bad.toml", service("notify", {"--exit", "3"}) + "restart = \"no\"\n");
    }

    std::string file(const std::string& stem) const { return path(name() + stem + ".toml"); }
    Outcome both(const std::string& command) { return amphid({command, file("-a"), file("-b")}); }
    int code_of(const std::string& stem) { return amphid({"status", file(stem)}).code; }
};

TEST_F(SeveralTest, StartReloadRestartStop) {
    const Outcome started = both("start");
    EXPECT_EQ(started.code, 0) << started.err;
    EXPECT_EQ(code_of("-a"), 0);
    EXPECT_EQ(code_of("-b"), 0);
    const Outcome restarted = both("restart");
    EXPECT_EQ(restarted.code, 0) << restarted.err;
    EXPECT_EQ(code_of("-a"), 0);
    EXPECT_EQ(code_of("-b"), 0);
    const Outcome stopped = both("stop");
    EXPECT_EQ(stopped.code, 0) << stopped.err;
    const std::string a = name() + "-a: stopped\n";
    const std::string b = name() + "-b: stopped\n";
    EXPECT_TRUE(stopped.out == a + b || stopped.out == b + a) << stopped.out;
    EXPECT_EQ(code_of("-a"), 3);
    EXPECT_EQ(code_of("-b"), 3);
    EXPECT_EQ(both("reload").code, 7) << "neither runs";
}

// Side by side, as systemctl(1): each of these ends only once the other has been told to.
TEST_F(SeveralTest, OneNeedNotWaitForAnother) {
    for (const auto& [one, other] :
         {std::pair<std::string, std::string>{"-a", "-b"}, {"-b", "-a"}}) {
        write(name() + one + ".toml",
              service("notify", {"--notify"}) +
                  hooks("exec-stop", {played({"--ready-file", path("told" + one), "--await",
                                              path("told" + other), "--exit", "0"})}));
    }
    EXPECT_EQ(both("start").code, 0);
    const Outcome stopped = both("stop");
    EXPECT_EQ(stopped.code, 0) << stopped.err;
    EXPECT_EQ(both("start").code, 0);
    for (const char* file : {"told-a", "told-b"})
        ASSERT_EQ(::unlink(path(file).c_str()), 0);
    EXPECT_EQ(both("restart").code, 0);
    EXPECT_EQ(both("stop").code, 0);
    expect_nobody_left();
}

// One failure keeps the others from nothing, and the code is that of the first.
TEST_F(SeveralTest, TheFirstFailureIsTheCode) {
    const Outcome outcome =
        amphid({"start", file("-bad"), path("missing.toml"), file("-a"), file("-b")});
    EXPECT_EQ(outcome.code, 1) << outcome.err;
    EXPECT_EQ(code_of("-a"), 0);
    EXPECT_EQ(code_of("-b"), 0);
    const Outcome missing = amphid({"start", path("missing.toml"), file("-bad")});
    EXPECT_EQ(missing.code, 6) << missing.err;
    expect_words(missing.err, "missing.toml");
    EXPECT_EQ(both("stop").code, 0);
}

} // namespace amphid::test
