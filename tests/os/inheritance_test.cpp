// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Whom a dead service's session and process group still tell of, and whom no longer.

#include "os/inheritance.h"

#include "os/process.h"

#include <algorithm>
#include <csignal>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid {
namespace {

class InheritanceTest : public ::testing::Test {
protected:
    /// A leader of a session and a child of it, which waits to be killed.
    void SetUp() override {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        leader_ = ::fork();
        if (leader_ == 0) {
            ::setsid();
            const pid_t child = ::fork();
            if (child == 0) {
                ::close(ends[0]);
                ::close(ends[1]);
                for (;;) {
                    ::pause();
                }
            }
            if (::write(ends[1], &child, sizeof child) < 0) {
                ::_exit(1);
            }
            for (;;) {
                ::pause();
            }
        }
        ASSERT_EQ(::read(ends[0], &child_, sizeof child_), static_cast<ssize_t>(sizeof child_));
        ::close(ends[0]);
        ::close(ends[1]);
        left_.launcher.boot_id = read_boot_id();
        left_.main = identify(leader_, left_.launcher.boot_id);
        left_.invocation_id = "0123456789abcdef0123456789abcdef";
        left_.lineage = lineage_of(leader_, ::geteuid(), {});
    }

    void TearDown() override {
        end_leader();
        if (child_ > 0) {
            ::kill(child_, SIGKILL);
        }
    }

    void end_leader() {
        if (leader_ > 0) {
            ::kill(leader_, SIGKILL);
            ::waitpid(leader_, nullptr, 0);
            leader_ = 0;
        }
    }

    bool finds_child() const {
        const Inheritance left(left_);
        const auto members = left.members();
        const bool found = std::find(members.begin(), members.end(), child_) != members.end();
        EXPECT_EQ(left.contains(child_), found);
        return found;
    }

    pid_t leader_ = 0;
    pid_t child_ = 0;
    State left_;
};

TEST_F(InheritanceTest, TheGroupOfAMainProcessThatIsGone) {
    EXPECT_EQ(left_.lineage.session, leader_);
    EXPECT_EQ(left_.lineage.group, leader_);
    EXPECT_TRUE(left_.lineage.own_session);
    end_leader();
    EXPECT_TRUE(finds_child());
    left_.lineage = {};
    EXPECT_FALSE(finds_child()) << "then nothing tells of it";
}

TEST_F(InheritanceTest, AYoungerLeaderHasGotTheNumberAnew) {
    left_.main.pid = 0; // not the leader, who lives
    EXPECT_TRUE(finds_child()) << "he was there already";
    --left_.lineage.since;
    EXPECT_FALSE(finds_child());
}

TEST_F(InheritanceTest, NumbersOfAnotherContainerTellNothing) {
    end_leader();
    ++left_.lineage.init;
    EXPECT_FALSE(finds_child());
}

TEST_F(InheritanceTest, NumbersOfAnotherBootTellNothing) {
    end_leader();
    left_.launcher.boot_id = "another";
    EXPECT_FALSE(finds_child());
}

TEST_F(InheritanceTest, AnotherGroupOfTheSessionNeedsTheUserAsWell) {
    end_leader();
    left_.lineage.group = 1;
    EXPECT_TRUE(finds_child());
    left_.lineage.own_session = false;
    EXPECT_FALSE(finds_child()) << "a terminal's session has other jobs, too";
}

TEST_F(InheritanceTest, WhoSharesOurGroupHasNoLineage) {
    const pid_t child = ::fork();
    if (child == 0) {
        for (;;) {
            ::pause();
        }
    }
    EXPECT_EQ(lineage_of(child, ::geteuid(), {}), Lineage{});
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
}

} // namespace
} // namespace amphid
