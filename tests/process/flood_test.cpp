// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// A service that writes and sends without pause must not make its launcher deaf: a stop keeps its
// time.

#include "fixture.h"
#include "soak.h"

#include <chrono>

namespace amphid::test {

class FloodTest : public ProcessTest {
protected:
    void stop_often() {
        for (int round = 0; round < rounds(10, 500) && !HasFailure(); ++round) {
            started();
            const auto began = std::chrono::steady_clock::now();
            stopped();
            EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10)) << round;
            EXPECT_EQ(state("result"), "success") << round;
            expect_nobody_left();
        }
    }
};

TEST_F(FloodTest, StopsWhileEverythingIsFlooded) {
    configure(service("exec", {"--child", "{", "--flood", "STATUS=one of many", "}", "--child", "{",
                               "--flood-lines", "2", "}", "--stdout", "ready", "--child", "{",
                               "--flood-lines", "1", "}"}) +
              "notify-access = \"all\"\n[ready]\nlog = \"^ready$\"\n");
    stop_often();
}

} // namespace amphid::test
