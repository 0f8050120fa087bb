// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/service_pipe.h"

#include "base/text.h"
#include "os/os_error.h"

#include <cstdint>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace amphid {

int ServicePipe::open() {
    if (!read_) {
        int ends[2];
        checked(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), "cannot create", "a pipe");
        read_ = Fd(ends[0]);
        const Fd narrow(ends[1]);
        const std::string path = concat("/proc/self/fd/", ends[1]);
        write_ = Fd(checked(::open(path.c_str(), O_RDWR | O_CLOEXEC), "cannot open", path));
        struct stat st {};
        checked(::fstat(read_.get(), &st), "cannot stat", "a pipe");
        inode_ = st.st_ino;
    }
    return write_.get();
}

bool ServicePipe::take_over(int pid, int number, std::uint64_t inode) {
    const std::string path = concat("/proc/", pid, "/fd/", number);
    Fd both(inode == 0 ? -1 : ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY));
    struct stat st {};
    if (!both || ::fstat(both.get(), &st) < 0 || !S_ISFIFO(st.st_mode) || st.st_ino != inode) {
        return false;
    }
    read_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (read_) {
        write_ = std::move(both);
        inode_ = inode;
    }
    return static_cast<bool>(read_);
}

bool ServicePipe::is_full() const {
    pollfd end{write_.get(), POLLOUT, 0};
    return ::poll(&end, 1, 0) == 0;
}

} // namespace amphid
