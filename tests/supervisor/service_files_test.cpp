// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/service_files.h"

#include "directory.h"
#include "os/clock.h"
#include "os/os_error.h"
#include "plan/document.h"

#include <csignal>
#include <sys/stat.h>

namespace amphid {
namespace {

class ServiceFilesTest : public testing::Test {
protected:
    ServiceFilesTest() {
        plan.name = "web";
        plan.paths = {directory.path, directory.path + "/pid", directory.path + "/main"};
        state.name = "web";
    }
    ino_t inode() const {
        struct stat st {};
        return ::stat((directory.path + "/state").c_str(), &st) == 0 ? st.st_ino : 0;
    }
    Fd duplicate() const { return Fd(::dup(directory.fd.get())); }

    TestDirectory directory;
    Loop loop;
    Plan plan;
    State state;
    Log log{Log::Sink::syslog};
};

TEST_F(ServiceFilesTest, WritesEachStateOnce) {
    ServiceFiles files(loop, plan, duplicate(), {}, SecondRecord({}), log, [](int) {});
    files.publish(state);
    EXPECT_EQ(decode(directory.read("state")), state);
    // A file that is replaced while the old one is open has another inode.
    const Fd open(::open((directory.path + "/state").c_str(), O_RDONLY | O_CLOEXEC));
    const ino_t first = inode();
    files.publish(state);
    EXPECT_EQ(inode(), first);
    state.restarts = 1;
    files.publish(state);
    EXPECT_NE(inode(), first);
    EXPECT_EQ(decode(directory.read("state")), state);
}

TEST_F(ServiceFilesTest, AStateThatAProcessWroteIsNotWrittenAgain) {
    ServiceFiles files(loop, plan, duplicate(), {}, SecondRecord({}), log, [](int) {});
    files.note_written(state);
    files.publish(state);
    EXPECT_EQ(inode(), 0U);
}

TEST_F(ServiceFilesTest, WhatCouldNotBeWrittenIsTriedAgain) {
    const std::string draft = directory.path + "/.state." + std::to_string(::getpid());
    std::filesystem::create_directories(draft + "/occupied");
    ServiceFiles files(loop, plan, duplicate(), {}, SecondRecord({}), log, [](int) {});
    files.publish(state);
    EXPECT_EQ(inode(), 0U);
    EXPECT_THROW(files.write(state), OsError);
    std::filesystem::remove_all(draft);
    files.publish(state);
    EXPECT_EQ(decode(directory.read("state")), state);
}

class LostServiceFilesTest : public ServiceFilesTest {
protected:
    LostServiceFilesTest() {
        before_ = ::signal(SIGIO, SIG_IGN); // the launcher reads it from a signalfd
        Lock lock(directory.fd.get());
        EXPECT_TRUE(lock.try_acquire());
        files.emplace(loop, plan, duplicate(), lock.take(), SecondRecord({}), log, [](int) {});
        files->publish(state);
        files->draft_pid_files(12, 0);
        files->put_pid_files_in_place();
        files->watch();
    }
    /// The owner publishes after each turn.
    void turn() {
        Timer limit(loop, Turn::deadline, [] {});
        limit.set({monotonic_now().usec + seconds(10).usec});
        loop.run_once([this] {
            files->publish(state);
            return false;
        });
    }
    ~LostServiceFilesTest() override {
        files.reset();
        ::signal(SIGIO, before_);
    }
    std::optional<ServiceFiles> files;

private:
    void (*before_)(int) = SIG_DFL;
};

TEST_F(LostServiceFilesTest, AreThereAgainAWhileLater) {
    for (const char* name : {"lock", "pid", "state"}) {
        std::filesystem::remove(directory.path + '/' + name);
    }
    files->note_loss();
    EXPECT_EQ(directory.count(), 0U) << "whoever empties the directory may finish";
    turn();
    EXPECT_EQ(decode(directory.read("state")), state);
    EXPECT_EQ(directory.read("pid"), "12\n");
    EXPECT_TRUE(is_locked(directory.path));
}

TEST_F(LostServiceFilesTest, TheStateAloneIsMissedToo) {
    std::filesystem::remove(directory.path + "/state");
    files->note_loss();
    turn();
    EXPECT_EQ(decode(directory.read("state")), state);
}

// Whoever reads it there must not find it missing for a moment.
TEST_F(LostServiceFilesTest, APidFileElsewhereStaysWhereTheDirectoryIsLost) {
    const TestDirectory elsewhere;
    plan.paths.service_pid_file = elsewhere.path + "/web.pid";
    files->draft_pid_files(12, 13);
    files->put_pid_files_in_place();
    struct stat before {};
    ASSERT_EQ(::stat(plan.paths.service_pid_file.c_str(), &before), 0);
    std::filesystem::remove_all(directory.path);
    files->note_loss();
    turn();
    EXPECT_EQ(directory.read("pid"), "12\n");
    struct stat after {};
    ASSERT_EQ(::stat(plan.paths.service_pid_file.c_str(), &after), 0);
    EXPECT_EQ(after.st_ino, before.st_ino);
}

TEST_F(LostServiceFilesTest, WaitForWhoeverHoldsTheNewLock) {
    std::filesystem::remove_all(directory.path);
    ASSERT_EQ(::mkdir(directory.path.c_str(), 0755), 0);
    const Fd again(::open(directory.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    Lock others(again.get());
    ASSERT_TRUE(others.try_acquire());
    state.restarts = 1;
    files->publish(state);
    EXPECT_EQ(directory.read("state"), "");
    others.take().reset();
    turn();
    EXPECT_EQ(decode(directory.read("state")), state);
    EXPECT_EQ(directory.read("pid"), "12\n");
    EXPECT_TRUE(is_locked(directory.path));
}

TEST_F(LostServiceFilesTest, AreNotMadeAgainAtTheEnd) {
    files->finish();
    state.restarts = 1;
    files->publish(state);
    EXPECT_EQ(directory.read("pid"), "");
    EXPECT_EQ(directory.count(), 2U) << "lock and state";
}

// A pid file that is late is put in place with the next state, whatever that says.
TEST_F(ServiceFilesTest, WhatIsPutOffIsDoneWithTheNextState) {
    ServiceFiles files(loop, plan, duplicate(), {}, SecondRecord({}), log, [](int) {});
    files.publish(state);
    files.draft_pid_files(12, 0);
    files.put_off(OsError("cannot write", directory.path + "/pid", ENOSPC));
    EXPECT_EQ(directory.read("pid"), "");
    files.publish(state);
    EXPECT_EQ(directory.read("pid"), "12\n");
}

TEST_F(ServiceFilesTest, PidFilesAreThereFromOneMomentToTheNext) {
    ServiceFiles files(loop, plan, duplicate(), {}, SecondRecord({}), log, [](int) {});
    files.draft_pid_files(12, 0);
    files.draft_pid_files(12, 34);
    EXPECT_EQ(directory.read("pid"), "");
    files.put_pid_files_in_place();
    EXPECT_EQ(directory.read("pid"), "12\n");
    EXPECT_EQ(directory.read("main"), "34\n");
    files.forget_service_pid();
    EXPECT_EQ(directory.read("main"), "");
    files.draft_pid_files(12, 56);
    files.put_pid_files_in_place();
    EXPECT_EQ(directory.read("main"), "56\n");
    files.remove_pid_files();
    EXPECT_EQ(directory.count(), 0U);
}

} // namespace
} // namespace amphid
