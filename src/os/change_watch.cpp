// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/change_watch.h"

#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"

#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

bool is_left_out(std::string_view name) {
    return name.empty() || name.front() == '.' || name.back() == '~' || name == "__pycache__" ||
           name == "node_modules";
}

/// Of the file itself, not of what a link leads to; 0 if there is none.
mode_t type_of(const std::string& path) {
    struct stat st {};
    return ::lstat(path.c_str(), &st) == 0 ? st.st_mode & S_IFMT : 0;
}

} // namespace

ChangeWatch::ChangeWatch()
    : fd_(checked(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK), "cannot create",
                  "an inotify instance")) {}

void ChangeWatch::add(const std::string& path) {
    struct stat st {};
    checked(::stat(path.c_str(), &st), "cannot watch", path);
    if (S_ISDIR(st.st_mode)) {
        add_tree(path);
        return;
    }
    add_file(path);
    // The target of a link may change in its own directory.
    char resolved[PATH_MAX];
    if (::realpath(path.c_str(), resolved) != nullptr && path != resolved) {
        add_file(resolved);
    }
}

void ChangeWatch::add_file(const std::string& path) {
    const auto [directory, name] = split_path(path);
    watch(directory).names.insert(name);
}

void ChangeWatch::add_tree(const std::string& directory) {
    watch(directory).whole = true;
    for (const std::string& name : names_in(directory)) {
        const std::string path = concat(directory, '/', name);
        if (is_left_out(name) || type_of(path) != S_IFDIR) {
            continue;
        }
        try {
            add_tree(path);
        } catch (const OsError& error) {
            if (error.error() != ENOENT && error.error() != EACCES) {
                throw;
            }
        }
    }
}

ChangeWatch::Place& ChangeWatch::watch(const std::string& directory) {
    constexpr std::uint32_t changes =
        IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR;
    const int number = ::inotify_add_watch(fd_.get(), directory.c_str(), changes);
    if (number < 0 && errno == ENOSPC) {
        throw OsError("cannot watch", directory,
                      "the limit of watches is used up (/proc/sys/fs/inotify/max_user_watches)",
                      ENOSPC);
    }
    checked(number, "cannot watch", directory);
    Place& place = places_[number];
    place.directory = directory;
    return place;
}

/// A new file counts when it has been written and closed.
std::string ChangeWatch::consume(const char* bytes) {
    inotify_event event{};
    std::memcpy(&event, bytes, sizeof event);
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
        return "many files";
    }
    if ((event.mask & IN_IGNORED) != 0) {
        places_.erase(event.wd);
        return {};
    }
    const auto place = places_.find(event.wd);
    const std::string name = event.len > 0 ? bytes + sizeof event : "";
    if (place == places_.end() || name.empty()) {
        return {};
    }
    const std::string path = concat(place->second.directory, '/', name);
    const bool is_named = place->second.names.count(name) > 0;
    if (!is_named && (!place->second.whole || is_left_out(name))) {
        return {};
    }
    if ((event.mask & IN_ISDIR) != 0 && (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
        try {
            add_tree(path);
        } catch (const OsError&) {
            // It is gone again, or there are no watches left.
        }
        return path; // files may have been written before the watch
    }
    const bool is_new = (event.mask & IN_CREATE) != 0; // nothing is written to a link
    return is_new && type_of(path) != S_IFLNK ? std::string() : path;
}

std::string ChangeWatch::take() {
    alignas(inotify_event) std::array<char, 16384> news;
    std::string out;
    for (ssize_t n = 0; (n = ::read(fd_.get(), news.data(), news.size())) > 0;) {
        for (ssize_t at = 0; at < n;) {
            const char* event = news.data() + at;
            std::string changed = consume(event);
            out = out.empty() ? std::move(changed) : out;
            inotify_event head{};
            std::memcpy(&head, event, sizeof head);
            at += static_cast<ssize_t>(sizeof head + head.len);
        }
    }
    return out;
}

} // namespace amphid
