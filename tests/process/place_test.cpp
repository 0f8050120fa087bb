// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// A volume for our files, as Kubernetes gives one: everybody may write it. And its read-only ones.

#include "fixture.h"
#include "helper/file.h"

#include <filesystem>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class PlaceTest : public ProcessTest {
protected:
    std::string make_volume(mode_t mode) const {
        std::string volume = path("volume");
        EXPECT_EQ(::mkdir(volume.c_str(), 0755), 0);
        EXPECT_EQ(::chmod(volume.c_str(), mode), 0);
        return volume;
    }

    std::string place_of(const std::string& volume) const { return volume + "/" + name(); }

    static mode_t mode_of(const std::string& path) {
        struct stat st {};
        return ::stat(path.c_str(), &st) == 0 ? st.st_mode & 07777 : 0;
    }

    std::string plain() const { return service("notify", {"--exit-on", "TERM:0", "--notify"}); }
};

TEST_F(PlaceTest, AVolumeThatEverybodyMayWriteIsTakenWhereItIsNamed) {
    for (const mode_t mode : {0777, 02777}) {
        const std::string volume = make_volume(mode);
        configure(plain());
        const std::string option = "--runtime-directory=" + volume;
        ASSERT_EQ(amphid({"start", option, "--daemon", config()}).code, 0);
        EXPECT_EQ(mode_of(place_of(volume)) & 0777, 0700U);
        EXPECT_TRUE(exists(place_of(volume) + "/pid"));
        EXPECT_EQ(amphid({"status", option, config()}).code, 0);
        const Outcome blind = amphid({"status", config()});
        EXPECT_NE(blind.code, 0) << "it is in another place: " << blind.out;
        const Fields named{{"AMPHID_RUNTIME_DIRECTORY", volume}};
        EXPECT_EQ(amphid({"restart", config()}, {.environment = named}).code, 0);
        EXPECT_EQ(amphid({"stop", config()}, {.environment = named}).code, 0);
        EXPECT_FALSE(exists(place_of(volume) + "/pid"));
        std::filesystem::remove_all(volume);
    }
}

TEST_F(PlaceTest, ElsewhereTheRuleStays) {
    const std::string volume = make_volume(0777);
    configure(plain() + "[launcher]\nruntime-directory = " + quoted(place_of(volume)) + "\n");
    const Outcome refused = amphid({"start", "--daemon", config()});
    EXPECT_EQ(refused.code, 6);
    expect_words(refused.err, "'" + volume + "' is world-writable");
    EXPECT_FALSE(exists(place_of(volume)));
}

TEST_F(PlaceTest, SomebodyElsesDirectoryInTheVolumeIsRefused) {
    const std::string volume = make_volume(0777);
    ASSERT_EQ(::mkdir(place_of(volume).c_str(), 0755), 0);
    ASSERT_EQ(::chmod(place_of(volume).c_str(), 0777), 0);
    configure(plain());
    const Outcome refused = amphid({"start", "--runtime-directory", volume, "--daemon", config()});
    EXPECT_EQ(refused.code, 6);
    expect_words(refused.err, place_of(volume));
}

TEST_F(PlaceTest, APathHasToBeAbsolute) {
    configure(plain());
    const Outcome option = amphid({"run", "--runtime-directory=here", config()});
    EXPECT_EQ(option.code, 2);
    expect_words(option.err, "--runtime-directory: expected an absolute path, got 'here'");
    const Outcome variable =
        amphid({"run", config()}, {.environment = {{"AMPHID_RUNTIME_DIRECTORY", "here"}}});
    EXPECT_EQ(variable.code, 6);
    expect_words(variable.err, "AMPHID_RUNTIME_DIRECTORY=here is not an absolute path");
}

// What is read-only for us, as for systemd's generators, may be written by others. (As PID 1 of a
// container it is trusted: tests/system/packages/podman.sh.)
TEST_F(PlaceTest, AReadOnlyMountProvesNothingOutsideAContainer) {
    if (::getuid() != 0)
        GTEST_SKIP() << "only root can mount";
    const std::string volume = make_volume(0777);
    configure("[service]\nexec-start = [\"/bin/true\"]\n");
    const std::string file = volume + "/" + name() + ".toml";
    ASSERT_EQ(::rename(config().c_str(), file.c_str()), 0);
    const Outcome refused = amphid({"run", file});
    EXPECT_EQ(refused.code, 6);
    expect_words(refused.err, "'" + volume + "' is writable by others");
    ASSERT_EQ(::mount(volume.c_str(), volume.c_str(), nullptr, MS_BIND, nullptr), 0);
    EXPECT_EQ(::mount(nullptr, volume.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr),
              0);
    const Outcome still_refused = amphid({"run", file});
    EXPECT_EQ(::umount2(volume.c_str(), MNT_DETACH), 0);
    EXPECT_EQ(still_refused.code, 6) << still_refused.err;
}

} // namespace amphid::test
