// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/trust.h"

#include "base/text.h"
#include "os/fd.h"
#include "os/os_error.h"

#include <algorithm>
#include <array>
#include <climits>
#include <deque>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

constexpr int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
constexpr int most_links = 40;

void put_before(std::deque<std::string>& todo, std::string_view path) {
    const auto parts = split(path, '/');
    std::for_each(parts.rbegin(), parts.rend(), [&](std::string_view part) {
        if (!part.empty() && part != ".") {
            todo.emplace_front(part);
        }
    });
}

void judge(const std::string& path, const std::string& component, const struct stat& st,
           const std::vector<uid_t>& trusted) {
    const bool known =
        st.st_uid == 0 || std::find(trusted.begin(), trusted.end(), st.st_uid) != trusted.end();
    if (!known) {
        throw OsError("refusing to use", path,
                      concat("'", component, "' belongs to UID ", st.st_uid), EPERM);
    }
    const bool sticky = S_ISDIR(st.st_mode) && (st.st_mode & S_ISVTX) != 0;
    if (!S_ISLNK(st.st_mode) && !sticky && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        throw OsError("refusing to use", path, concat("others may write '", component, "'"), EPERM);
    }
}

} // namespace

void require_trusted(const std::string& path, const std::vector<uid_t>& trusted) {
    std::deque<std::string> todo;
    put_before(todo, path);
    Fd at(::open("/", flags | O_DIRECTORY));
    std::string so_far;
    for (int links = 0; !todo.empty();) {
        const std::string part = std::move(todo.front());
        todo.pop_front();
        Fd next(::openat(at.get(), part.c_str(), flags));
        struct stat st {};
        if (!next || ::fstat(next.get(), &st) < 0) {
            return; // whoever opens it will say why
        }
        const std::string component = concat(so_far, '/', part);
        judge(path, component, st, trusted);
        if (!S_ISLNK(st.st_mode)) {
            at = std::move(next);
            so_far = component;
            continue;
        }
        std::array<char, PATH_MAX> target;
        const ssize_t size = ::readlinkat(next.get(), "", target.data(), target.size());
        if (size <= 0 || ++links > most_links) {
            return;
        }
        put_before(todo, {target.data(), static_cast<std::size_t>(size)});
        if (target[0] == '/') {
            at = Fd(::open("/", flags | O_DIRECTORY));
            so_far.clear();
        }
    }
}

} // namespace amphid
