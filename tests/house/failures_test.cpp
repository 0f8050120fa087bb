// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/console.h"
#include "os/os_error.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <new>

namespace amphid {
namespace {

TEST(Failures, EachHasItsSentenceAndItsCode) {
    const auto says = [](const std::function<int()>& command, int code) {
        ::testing::internal::CaptureStderr();
        EXPECT_EQ(report_failures(command), code);
        return ::testing::internal::GetCapturedStderr();
    };
    EXPECT_EQ(says([] { return 7; }, 7), "");
    EXPECT_EQ(says([]() -> int { throw Failure(ExitCode::usage, "so not"); }, 2),
              "amphid: so not\n");
    EXPECT_EQ(says([]() -> int { throw OsError("cannot open", "/x", EACCES); }, 4),
              "amphid: cannot open /x: Permission denied\n");
    EXPECT_EQ(says([]() -> int { throw OsError("cannot open", "/x", ENOENT); }, 1),
              "amphid: cannot open /x: No such file or directory\n");
    EXPECT_EQ(says([]() -> int { throw std::bad_alloc(); }, 1), "amphid: out of memory\n");
}

} // namespace
} // namespace amphid
