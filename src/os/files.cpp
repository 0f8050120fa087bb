// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/files.h"

#include "base/text.h"
#include "os/os_error.h"
#include "os/path_walk.h"
#include "plan/host.h"

#include <array>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace amphid {

std::vector<int> numbers_in(const std::string& path) {
    std::vector<int> out;
    for (const std::string& name : names_in(path)) {
        if (const auto number = parse_number<int>(name)) {
            out.push_back(*number);
        }
    }
    return out;
}

std::optional<std::string> read_all(int fd, std::size_t limit) {
    std::string out;
    std::array<char, 4096> buffer;
    for (;;) {
        const ssize_t n = ::read(fd, buffer.data(), buffer.size());
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return std::nullopt;
        }
        if (out.size() + static_cast<std::size_t>(n) > limit) {
            errno = EFBIG;
            return std::nullopt;
        }
        if (n == 0) {
            return out;
        }
        out.append(buffer.data(), static_cast<std::size_t>(n));
    }
}

std::optional<std::string> read_small_file(int directory, const char* path, std::size_t limit) {
    const Fd fd(::openat(directory, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    return fd ? read_all(fd.get(), limit) : std::nullopt;
}

bool is_absent(const std::string& path) {
    struct stat st {};
    return ::lstat(path.c_str(), &st) < 0 && (errno == ENOENT || errno == ENOTDIR);
}

std::optional<std::string> read_file_of_daemon(const std::string& path) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    struct stat st {};
    if (!file || ::fstat(file.get(), &st) < 0) {
        return std::nullopt;
    }
    if (!S_ISREG(st.st_mode)) {
        errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
        return std::nullopt;
    }
    std::string text(4096, '\0');
    const ssize_t size = ::pread(file.get(), text.data(), text.size(), 0);
    if (size < 0) {
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(size));
    return text;
}

/// Not by opendir(3), which takes 32 KiB from the heap.
std::vector<std::string> names_in(const std::string& path) {
    // struct linux_dirent64 of getdents64(2)
    constexpr std::size_t size_offset = 16;
    constexpr std::size_t name_offset = 19;
    std::vector<std::string> out;
    const Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK));
    std::array<char, 4096> entries;
    long n = 0;
    while (directory &&
           (n = ::syscall(SYS_getdents64, directory.get(), entries.data(), entries.size())) > 0) {
        std::uint16_t size = 0;
        for (std::size_t at = 0; at < static_cast<std::size_t>(n); at += size) {
            std::memcpy(&size, &entries[at + size_offset], sizeof size);
            const std::string_view name = &entries[at + name_offset];
            if (name != "." && name != "..") {
                out.emplace_back(name);
            }
        }
    }
    return out;
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t n = ::write(fd, text.data(), text.size());
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

std::string draft_name(std::string_view name) {
    // Only the holder of the lock writes under this name. With O_EXCL it can only meet a leftover.
    return concat('.', name, '.', ::getpid());
}

std::string path_in(int directory, std::string_view name) {
    std::array<char, PATH_MAX> target;
    const std::string link = concat("/proc/self/fd/", directory);
    const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
    std::string_view path(target.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    constexpr std::string_view gone = " (deleted)";
    if (path.ends_with(gone)) {
        path.remove_suffix(gone.size());
    }
    return path.empty() ? std::string(name) : concat(path, '/', name);
}

Fd open_draft(int directory, const std::string& name, mode_t mode) {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
    Fd out(::openat(directory, name.c_str(), flags, mode));
    if (!out && errno == EEXIST) {
        ::unlinkat(directory, name.c_str(), 0);
        out = Fd(::openat(directory, name.c_str(), flags, mode));
    }
    return out;
}

Draft::Draft(int directory, std::string name, std::string_view text, mode_t mode)
    : directory_(directory), name_(std::move(name)), temporary_(draft_name(name_)) {
    const Fd fd = open_draft(directory, temporary_, mode);
    if (!fd || !write_all(fd.get(), text) || ::fstat(fd.get(), &identity_) < 0) {
        const int error = errno;
        if (fd) {
            ::unlinkat(directory, temporary_.c_str(), 0);
        }
        throw OsError("cannot write", path_in(directory_, name_), error);
    }
}

Draft::~Draft() {
    if (!temporary_.empty()) {
        ::unlinkat(directory_, temporary_.c_str(), 0);
    }
}

void Draft::put_in_place() {
    if (::renameat(directory_, temporary_.c_str(), directory_, name_.c_str()) < 0) {
        const int error = errno;
        throw OsError("cannot write", path_in(directory_, name_), error);
    }
    temporary_.clear();
}

void replace_file(int directory, const std::string& name, std::string_view text, mode_t mode) {
    Draft(directory, name, text, mode).put_in_place();
}

std::pair<std::string, std::string> split_path(const std::string& path) {
    const auto slash = path.find_last_of('/');
    return {path.substr(0, std::max<std::size_t>(slash, 1)), path.substr(slash + 1)};
}

namespace {

/// A volume that everybody may write is taken where there is no better place: in a container, whose
/// PID 1 we are, and where the administrator has named it. What we make in it is ours alone.
bool is_volume_of_ours(const WayPart& part) {
    const char* named = std::getenv(runtime_directory_variable);
    struct stat st {};
    return ::getpid() == 1 || (named != nullptr && ::stat(named, &st) == 0 &&
                               st.st_dev == part.about.st_dev && st.st_ino == part.about.st_ino);
}

void refuse_untrusted(const std::string& path, const WayPart& part) {
    const struct stat& st = part.about;
    if (st.st_uid != 0 && st.st_uid != ::geteuid()) {
        throw OsError("refusing to use", path,
                      concat("'", part.path, "' belongs to UID ", st.st_uid), EPERM);
    }
    if (is_shared(part) && !is_read_only_here(part) && !is_volume_of_ours(part)) {
        throw OsError("refusing to use", path, concat("'", part.path, "' is world-writable"),
                      EPERM);
    }
}

/// `foreign_end`: the last directory may have any owner.
Fd walk(const std::string& path, bool create, bool foreign_end) {
    Fd at = follow_path(path, create, [&](const WayPart& part) {
        if (!foreign_end || !part.last || !S_ISDIR(part.about.st_mode)) {
            refuse_untrusted(path, part);
        }
    });
    if (!at) {
        throw OsError(create ? "cannot create directory" : "cannot open directory", path);
    }
    return at;
}

} // namespace

Fd open_directory(const std::string& path, bool create) {
    const Fd at = walk(path, create, false);
    // A descriptor that can be read and locked, unlike O_PATH's.
    return Fd(checked(::openat(at.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                      "cannot open directory", path));
}

Fd look_into_directory(const std::string& path) {
    try {
        return walk(path, false, true);
    } catch (const OsError&) {
        return {};
    }
}

} // namespace amphid
