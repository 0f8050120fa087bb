// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/open_output.h"

#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace amphid {

namespace {

Fd open_without_links(const std::string& path, int flags) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags);
    how.mode = (flags & O_CREAT) != 0 ? 0666 : 0;
    how.resolve = RESOLVE_NO_SYMLINKS;
    return Fd(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
}

/// The path has links: each of them, and each directory, must belong to us or root.
Fd open_with_links(const std::string& path, int flags) {
    const auto [directory, name] = split_path(path);
    const Fd at = open_directory(directory, false);
    struct stat st {};
    if (::fstatat(at.get(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode)) {
        if (st.st_uid != 0 && st.st_uid != ::geteuid()) {
            throw OsError("refusing to use", path,
                          concat("it is a symlink owned by UID ", st.st_uid), EPERM);
        }
        return Fd(::openat(at.get(), name.c_str(), flags, 0666));
    }
    return Fd(::openat(at.get(), name.c_str(), flags | O_NOFOLLOW, 0666));
}

} // namespace

Fd open_output_file(const std::string& path, int flags, mode_t umask) {
    // O_NONBLOCK: a FIFO without a reader is then an error instead of a hanging launcher.
    const int all = O_WRONLY | O_CREAT | O_NOCTTY | O_CLOEXEC | O_NONBLOCK | flags;
    const mode_t before = ::umask(umask);
    Fd file = open_without_links(path, all);
    int error = errno;
    if (!file && (error == ELOOP || error == ENOSYS || error == EPERM)) {
        try {
            file = open_with_links(path, all);
            error = errno;
        } catch (...) {
            ::umask(before);
            throw;
        }
    }
    ::umask(before);
    if (!file) {
        throw OsError("cannot open", path, error);
    }
    checked(::fcntl(file.get(), F_SETFL, flags & O_APPEND), "cannot open", path);
    return file;
}

} // namespace amphid
