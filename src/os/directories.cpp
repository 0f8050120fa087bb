// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/directories.h"

#include "base/text.h"
#include "os/fd.h"
#include "os/files.h"
#include "os/os_error.h"
#include "plan/directory_kind.h"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>

namespace amphid {

namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/// The owner that the directories get.
struct Owner {
    uid_t uid;
    gid_t gid;
};

Owner owner_of(const ExecContext& context) {
    const Credentials& who = context.credentials;
    return {who.uid.value_or(::geteuid()), who.gid.value_or(::getegid())};
}

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

/// Calls `visit(descriptor of the directory, name)` for each entry.
template <class F>
void for_each_entry(const Fd& directory, F visit) {
    const int own = ::openat(directory.get(), ".", directory_flags);
    const std::unique_ptr<DIR, CloseDirectory> stream(own < 0 ? nullptr : ::fdopendir(own));
    while (const dirent* entry = stream ? ::readdir(stream.get()) : nullptr) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") {
            visit(::dirfd(stream.get()), entry->d_name);
        }
    }
}

constexpr int deepest = 256; // no real tree is deeper; each level holds a descriptor

void give_content(const Fd& directory, const Owner& owner, int depth) {
    for_each_entry(directory, [&](int at, const char* name) {
        // The former owner may be changing the names in it: work on an open descriptor.
        const Fd file(::openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
        struct stat st {};
        if (!file || ::fstat(file.get(), &st) < 0) {
            return;
        }
        // A file with a second hard link may be anybody's.
        if (S_ISDIR(st.st_mode) || st.st_nlink == 1) {
            ::fchownat(file.get(), "", owner.uid, owner.gid, AT_EMPTY_PATH);
        }
        const Fd below(S_ISDIR(st.st_mode) && depth < deepest
                           ? ::openat(file.get(), ".", directory_flags)
                           : -1);
        if (below) {
            give_content(below, owner, depth + 1);
        }
    });
}

/// Opens `name` in an open directory. It may belong to us, root or the service, or, if root hands
/// it over, to anybody; it may be a link only if nobody but us and root can have made it, which
/// open_directory() checks.
Fd open_child(const Fd& parent, const std::string& name, const std::string& path,
              const Owner& owner, bool hands_over = false) {
    Fd fd(::openat(parent.get(), name.c_str(), directory_flags));
    if (!fd && (errno == ELOOP || errno == ENOTDIR)) {
        return open_directory(path, false);
    }
    struct stat st {};
    if (!fd || ::fstat(fd.get(), &st) < 0) {
        throw OsError("cannot open directory", path);
    }
    const bool known = st.st_uid == 0 || st.st_uid == ::geteuid() || st.st_uid == owner.uid;
    if (!known && !(hands_over && ::geteuid() == 0)) {
        throw OsError("refusing to use", path, concat("it belongs to UID ", st.st_uid), EPERM);
    }
    return fd;
}

void take_over(const Fd& directory, const std::string& path, mode_t mode, const Owner& owner) {
    struct stat st {};
    checked(::fstat(directory.get(), &st), "cannot stat", path);
    if (st.st_uid != owner.uid || st.st_gid != owner.gid) {
        give_content(directory, owner, 0);
        checked(::fchown(directory.get(), owner.uid, owner.gid), "cannot change the owner of",
                path);
    }
    if ((st.st_mode & 07777) != mode) {
        checked(::fchmod(directory.get(), mode), "cannot set the mode of", path);
    }
}

void make_one(const OwnDirectories& directories, const std::string& name, const Owner& owner,
              bool configuration) {
    std::string path = directories.base;
    Fd at = open_directory(path, true);
    const auto parts = split(name, '/');
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool last = i + 1 == parts.size();
        const std::string part(parts[i]);
        path += concat('/', part);
        const bool made =
            ::mkdirat(at.get(), part.c_str(), last ? directories.mode & 0700 : 0755) == 0;
        if (!made && errno != EEXIST) {
            throw OsError("cannot create directory", path);
        }
        at = open_child(at, part, path, owner, last && !configuration);
        if (last && (made || !configuration)) {
            take_over(at, path, directories.mode,
                      configuration ? Owner{::geteuid(), ::getegid()} : owner);
        }
    }
}

void remove_content(const Fd& directory, int depth) {
    for_each_entry(directory, [&](int at, const char* name) {
        if (::unlinkat(at, name, 0) == 0 || (errno != EISDIR && errno != EPERM)) {
            return;
        }
        const Fd below(depth < deepest ? ::openat(at, name, directory_flags) : -1);
        if (below) {
            remove_content(below, depth + 1);
        }
        ::unlinkat(at, name, AT_REMOVEDIR);
    });
}

void remove_one(const OwnDirectories& directories, const std::string& name, const Owner& owner) {
    std::string path = directories.base;
    Fd at = open_directory(path, false);
    const auto parts = split(name, '/');
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        path += concat('/', parts[i]);
        at = open_child(at, std::string(parts[i]), path, owner);
    }
    const std::string last(parts.back());
    const Fd directory(::openat(at.get(), last.c_str(), directory_flags));
    if (directory) {
        remove_content(directory, 0);
    }
    ::unlinkat(at.get(), last.c_str(), AT_REMOVEDIR);
}

} // namespace

DirectoryFailure make_directories(const ExecContext& context) {
    const Owner owner = owner_of(context);
    for (const DirectoryKind kind : every<DirectoryKind>()) {
        const OwnDirectories& directories = context.directories[static_cast<std::size_t>(kind)];
        for (const std::string& name : directories.names) {
            try {
                make_one(directories, name, owner, kind == DirectoryKind::configuration);
            } catch (const OsError& error) {
                const bool refused = std::string_view(error.what()).starts_with("refusing");
                return {facts_of(kind).stage, error.error(),
                        refused ? error.what() : concat(directories.base, '/', name)};
            }
        }
    }
    return {};
}

void remove_runtime_directories(const ExecContext& context) {
    const OwnDirectories& directories =
        context.directories[static_cast<std::size_t>(DirectoryKind::runtime)];
    for (const std::string& name : directories.names) {
        try {
            remove_one(directories, name, owner_of(context));
        } catch (const OsError&) {
            continue; // gone, or not accessible
        }
    }
}

} // namespace amphid
