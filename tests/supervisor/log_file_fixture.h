// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "directory.h"
#include "os/log_chain.h"
#include "supervisor/log_file.h"

#include <csignal>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace amphid {

/// A log file, and a pipe that it is written from.
class LogFileTest : public testing::Test {
protected:
    LogFileTest() {
        settings.path = directory.path + "/web.log";
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
        from = Fd(ends[0]);
        to = Fd(ends[1]);
        reader.emplace(from.get());
    }

    void say(std::string_view text, LogStream stream = LogStream::output) {
        ASSERT_EQ(::write(to.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
        const std::string_view seen = reader->look();
        EXPECT_EQ(seen, text);
        file.take(*reader, seen, stream);
        EXPECT_EQ(reader->look(), "") << "it is still in the pipe";
    }
    std::string current() const { return directory.read("web.log"); }
    std::vector<std::string> older() const {
        std::vector<std::string> out;
        for (const std::string& name : older_logs(directory.path, "web.log")) {
            out.push_back(directory.read(name));
        }
        return out;
    }

    TestDirectory directory;
    LogSettings settings;
    Log log{Log::Sink::syslog};
    LogFile file{settings, log};
    Fd from;
    Fd to;
    std::optional<PipeReader> reader;
};

/// No file may grow beyond this many bytes, for this process: as a disk that is full.
class Full {
public:
    explicit Full(rlim_t size) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit now = before_;
        now.rlim_cur = size;
        handler_ = ::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &now);
    }
    ~Full() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }

private:
    rlimit before_{};
    void (*handler_)(int) = SIG_DFL;
};

} // namespace amphid
