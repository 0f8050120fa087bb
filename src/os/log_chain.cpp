// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/log_chain.h"

#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"
#include "plan/log_names.h"

#include <cstdio>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace amphid {

namespace {

std::string proc_path(int directory) {
    return concat("/proc/self/fd/", directory);
}

} // namespace

std::vector<std::string> older_logs(const std::string& directory, std::string_view name) {
    return older_logs_among(names_in(directory), name);
}

Fd open_log_directory(const std::string& path) {
    open_how how{};
    how.flags = O_DIRECTORY | O_RDONLY | O_CLOEXEC;
    how.resolve = RESOLVE_NO_SYMLINKS;
    Fd out(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
    if (!out && (errno == ELOOP || errno == ENOSYS || errno == EPERM)) {
        out = open_directory(path, false);
    }
    checked(out.get(), "cannot open", path);
    return out;
}

std::string rotate_log(int directory, const std::string& name, TimeSpan now) {
    const auto older = older_logs(proc_path(directory), name);
    // The clock may have been set back: the order of the names is the order of the files.
    const auto last = older.empty() ? std::nullopt : parse_older_log(name, older.back());
    const TimeSpan when = last && last->rotated >= now ? TimeSpan{last->rotated.usec + 1} : now;
    std::string to = older_log_name(name, when);
    int done = ::renameat2(directory, name.c_str(), directory, to.c_str(), RENAME_NOREPLACE);
    if (done < 0 && (errno == EINVAL || errno == ENOSYS)) {
        done = ::renameat(directory, name.c_str(), directory, to.c_str()); // some file systems
    }
    checked(done, "cannot rotate", path_in(directory, name));
    return to;
}

void remove_oldest_logs(int directory, const std::string& name, unsigned keep) {
    const auto older = older_logs(proc_path(directory), name);
    for (std::size_t i = 0; i + keep < older.size(); ++i) {
        // What is left of a file that was being compressed when its launcher was killed.
        const std::string plain = older_log_name(name, parse_older_log(name, older[i])->rotated);
        for (const auto one : {LogCompression::none, LogCompression::gzip, LogCompression::zstd}) {
            const std::string found = concat(plain, suffix_of(one));
            if (::unlinkat(directory, found.c_str(), 0) < 0 && errno != ENOENT) {
                throw OsError("cannot remove", path_in(directory, found));
            }
        }
    }
}

} // namespace amphid
