// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>

namespace amphid {

/// A directory that goes with the test.
struct TestDirectory {
    TestDirectory() {
        std::string name = std::filesystem::temp_directory_path() / "amphid-test-XXXXXX";
        path = ::mkdtemp(name.data());
        fd = Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        EXPECT_TRUE(fd) << path;
    }
    TestDirectory(const TestDirectory&) = delete;
    TestDirectory& operator=(const TestDirectory&) = delete;
    ~TestDirectory() { std::filesystem::remove_all(path); }

    std::string read(const std::string& name) const {
        std::ifstream in(path + '/' + name);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::size_t count() const {
        std::size_t out = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(path)) {
            ++out;
        }
        return out;
    }

    std::string path;
    Fd fd;
};

} // namespace amphid
